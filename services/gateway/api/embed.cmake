# cmake -DINPUT=FILE -DOUTPUT=FILE.cc -DHEADER=services/…/x.h -DNAME=kX -P embed.cmake: the bytes of a file as kX and kXSize,
# which that header declares.
file(READ "${INPUT}" bytes HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
file(WRITE "${OUTPUT}"
"#include \"${HEADER}\"

namespace tremplin::gateway {
const unsigned char ${NAME}[] = {${bytes}};
const size_t ${NAME}Size = sizeof(${NAME});
}  // namespace tremplin::gateway
")
