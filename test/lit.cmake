# The lit tests: one ctest test per folder of test/passes and test/tools,
# test/faults, where faults are measured on tensors, and test/models.
#
# lit, FileCheck, not, split-file and count come from LLVM's own packages, beside
# the MLIR that dynfault-opt is built with.
find_package(MLIR REQUIRED CONFIG HINTS /usr/lib/llvm-19)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

find_program(DYNFAULT_LIT NAMES lit.py llvm-lit lit
  HINTS ${LLVM_TOOLS_BINARY_DIR}/../build/utils/lit ${LLVM_TOOLS_BINARY_DIR})
foreach(tool FileCheck not split-file count)
  find_program(DYNFAULT_${tool} ${tool} HINTS ${LLVM_TOOLS_BINARY_DIR})
  if(NOT DYNFAULT_${tool} OR NOT DYNFAULT_LIT)
    message(FATAL_ERROR "the tests of dynfault-opt need lit and ${tool}; install "
      "llvm-19-tools, or leave the tests out with -DDYNFAULT_BUILD_TESTS=OFF")
  endif()
endforeach()
get_filename_component(DYNFAULT_LLVM_TOOLS_DIR ${DYNFAULT_FileCheck} DIRECTORY)

# Checks of archives from Python need the system's PyTorch, which is the LibTorch
# that the archives are written with. Only a success is remembered, so that a
# later installation is seen.
if(DYNFAULT_BUILD_RUNTIME AND DYNFAULT_TEST_PYTHON AND NOT DYNFAULT_TORCH_PYTHON)
  find_program(DYNFAULT_SYSTEM_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH)
  if(DYNFAULT_SYSTEM_PYTHON)
    execute_process(COMMAND ${DYNFAULT_SYSTEM_PYTHON} -c "import torch"
      RESULT_VARIABLE importResult OUTPUT_QUIET ERROR_QUIET)
    if(importResult EQUAL 0)
      set(DYNFAULT_TORCH_PYTHON ${DYNFAULT_SYSTEM_PYTHON} CACHE FILEPATH
        "A Python that can import the torch of this LibTorch")
    endif()
  endif()
endif()

configure_file(lit.site.cfg.py.in lit.site.cfg.py @ONLY)

set(litDependencies dynfault-opt)
if(DYNFAULT_BUILD_RUNTIME)
  list(APPEND litDependencies dynfault-torchscript dynfault-run)
endif()
foreach(folder
    passes/torch passes/program passes/prepare passes/inject passes/instrument
    passes/torchscript tools/dynfault-opt faults models)
  string(REPLACE "/" "-" name ${folder})
  # lit walks up from here to the site configuration, and then takes the tests
  # from the same folder of the source tree.
  file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/${folder})
  add_test(NAME lit-${name}
    COMMAND ${Python3_EXECUTABLE} ${DYNFAULT_LIT} -sv
      ${CMAKE_CURRENT_BINARY_DIR}/${folder})
  # A command that never ends must not stop the whole run.
  set_tests_properties(lit-${name} PROPERTIES TIMEOUT 900)
endforeach()
add_custom_target(check-models
  COMMAND ${Python3_EXECUTABLE} ${DYNFAULT_LIT} -sv ${CMAKE_CURRENT_BINARY_DIR}/models
  DEPENDS ${litDependencies}
  USES_TERMINAL)
add_custom_target(check-lit
  COMMAND ${Python3_EXECUTABLE} ${DYNFAULT_LIT} -sv
    ${CMAKE_CURRENT_BINARY_DIR}/passes ${CMAKE_CURRENT_BINARY_DIR}/tools
    ${CMAKE_CURRENT_BINARY_DIR}/faults ${CMAKE_CURRENT_BINARY_DIR}/models
  DEPENDS ${litDependencies}
  USES_TERMINAL)
