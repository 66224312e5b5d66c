#ifndef TREMPLIN_COMMON_SEAL_PRIVATE_FILE_H_
#define TREMPLIN_COMMON_SEAL_PRIVATE_FILE_H_

#include <sys/stat.h>

namespace tremplin::seal {

// Whether a file can be read by its owner only, and by a group of this process if any (a secret
// that is mounted into a pod belongs to its group), and written by its owner only.
bool IsPrivateFile(const struct stat& info);

}  // namespace tremplin::seal

#endif  // TREMPLIN_COMMON_SEAL_PRIVATE_FILE_H_
