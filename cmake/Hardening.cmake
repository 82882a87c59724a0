# SPDX-License-Identifier: Apache-2.0
# Warnings and hardening for every target of the project (the OpenSSF compiler hardening guide, for GCC 12).

add_compile_options(-Wall -Wextra -Wpedantic -Wformat=2 -Wconversion -Wsign-conversion -Wshadow -Wimplicit-fallthrough)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wtrampolines -Wbidi-chars=any)
endif()
if(TRUCEWATCH_WERROR)
    add_compile_options(-Werror)
endif()

# Assertions stay on in every build; a proven hot loop may use its own guard.
foreach(config RELEASE RELWITHDEBINFO MINSIZEREL)
    string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_${config} "${CMAKE_CXX_FLAGS_${config}}")
endforeach()
string(REPLACE "-O3" "-O2" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")

add_compile_options(-Werror=format-security -fstack-protector-strong -fno-delete-null-pointer-checks
                    -fno-strict-overflow -fno-strict-aliasing -ffile-prefix-map=${PROJECT_SOURCE_DIR}=.)
add_compile_definitions(_GLIBCXX_ASSERTIONS)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fstack-clash-protection -ftrivial-auto-var-init=zero)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
        add_compile_options(-fcf-protection=full)
    endif()
endif()
if(TRUCEWATCH_FUZZ)
    # What the fuzzer steers by: without it in the libraries, it sees the branches of the target's own file only.
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(TRUCEWATCH_SANITIZE)
    add_compile_options(-fsanitize=${TRUCEWATCH_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${TRUCEWATCH_SANITIZE})
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # With sanitizers GCC 12 believes that it sees uninitialised values in fmt and in the vector intrinsics.
        add_compile_options(-Wno-maybe-uninitialized -Wno-uninitialized)
    endif()
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
    add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
endif()
add_link_options(-pie -Wl,-z,nodlopen -Wl,-z,noexecstack -Wl,-z,relro -Wl,-z,now -Wl,--as-needed)
