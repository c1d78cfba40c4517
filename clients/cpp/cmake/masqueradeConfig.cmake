include(CMakeFindDependencyMacro)
find_dependency(Protobuf)
find_dependency(ZLIB)
include("${CMAKE_CURRENT_LIST_DIR}/masquerade.cmake")
