// The one translation unit that compiles Asio's and Beast's non-template code
// (BOOST_ASIO_SEPARATE_COMPILATION); everyone else only sees declarations.

#include <utility>  // Boost 1.81's asio/awaitable.hpp forgets it.

#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
