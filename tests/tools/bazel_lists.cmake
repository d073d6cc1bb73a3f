# Reads the CMakeLists.txt of one folder without configuring anything, and prints what it declares, one line
# each: "library|NAME|SOURCES|DEPS" and "test|NAME|SOURCES|DEPS", and for programs and targets made without our
# functions "links|NAME||DEPS"; for folders below, "adds|FOLDER||". Used by bazel_sources.py and grpc_free_folders.py.
#
#   cmake -DROOT=<repository> -DFOLDER=<folder> -DSCRATCH=<folder to throw away> -P bazel_lists.cmake
#
# It runs the file with payout_library and payout_test of its own and everything else without effect.
cmake_minimum_required(VERSION 3.25)
set(CMAKE_SOURCE_DIR ${ROOT})
set(CMAKE_BINARY_DIR ${SCRATCH})
set(CMAKE_CURRENT_SOURCE_DIR ${ROOT}/${FOLDER})
set(CMAKE_CURRENT_BINARY_DIR ${SCRATCH}/${FOLDER})
set(CMAKE_CURRENT_LIST_DIR ${ROOT}/${FOLDER})
set(PAYOUT_BUILD_TESTS ON)

function(declare kind name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;DEPS;DATA" ${ARGN})
  string(REPLACE ";" " " sources "${arg_SOURCES}")
  string(REPLACE ";" " " deps "${arg_DEPS}")
  message(NOTICE "${kind}|${name}|${sources}|${deps}")
endfunction()
function(payout_library name)
  declare(library ${name} ${ARGN})
endfunction()
function(payout_test name)
  declare(test ${name} ${ARGN})
endfunction()

function(payout_program name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPS" ${ARGN})
  declare(links ${name} DEPS ${arg_DEPS})
endfunction()

function(target_link_libraries target)
  string(REGEX REPLACE "(^|;)(PUBLIC|PRIVATE|INTERFACE)" "" deps "${ARGN}")
  string(REGEX REPLACE "^payout_" "" name ${target})
  declare(links ${name} DEPS ${deps})
endfunction()

function(add_subdirectory child)
  declare(adds ${child})
endfunction()

foreach(command payout_instrument add_library add_executable add_test add_custom_command add_custom_target
        add_dependencies target_sources target_include_directories
        target_compile_definitions target_compile_options set_target_properties set_tests_properties
        set_source_files_properties find_package payout_test_timeout)
  cmake_language(EVAL CODE "function(${command})\nendfunction()")
endforeach()

include(${ROOT}/${FOLDER}/CMakeLists.txt)
