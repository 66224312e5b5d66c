// Holds nothing: the target whose precompiled header the others use needs a source.
