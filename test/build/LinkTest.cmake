# Fails when the program or library FILE loads a library that matches FORBIDDEN.
execute_process(COMMAND ldd ${FILE} OUTPUT_VARIABLE libraries COMMAND_ERROR_IS_FATAL ANY)
if(NOT libraries MATCHES "libstdc")
  message(FATAL_ERROR "ldd lists no libraries of ${FILE}")
endif()
if(libraries MATCHES "(${FORBIDDEN})[^ ]*")
  message(FATAL_ERROR "${FILE} loads ${CMAKE_MATCH_0}, which its part must do without")
endif()
