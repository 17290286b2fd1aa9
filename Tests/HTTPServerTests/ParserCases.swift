@testable import HTTPServer

/// A GET with the given field lines after Host, each without its line end.
private func get(_ lines: String...) -> String {
  "GET / HTTP/1.1\r\nHost: a\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n"
}

/// A POST with the given field lines after Host, and what follows the head.
private func post(_ lines: String..., then rest: String = "") -> String {
  "POST / HTTP/1.1\r\nHost: a\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n" + rest
}

/// A request line with a Host field after it.
private func line(_ line: String) -> String { line + "\r\nHost: a\r\n\r\n" }

/// A chunked POST with this body as it stands on the wire.
private func chunked(_ body: String) -> String { post("Transfer-Encoding: chunked", then: body) }

extension ParserCase {
  static let all = requestLines + targets + fieldLines + hosts + lengths + codings + chunks + limits

  static let requestLines: [ParserCase] = [
    .accept("a plain GET", get(), "GET /"),
    .accept("one empty line before the request line", "\r\n" + get(), "GET /"),
    .accept("HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", "GET /"),
    .accept("HTTP/1.0 with Host", line("GET / HTTP/1.0"), "GET /"),
    .accept("an unknown method that is a token", line("M-SEARCH /x HTTP/1.1"), "M-SEARCH /x"),
    .accept("a method in small letters is another method", line("get / HTTP/1.1"), "get /"),
    .accept("PATCH", line("PATCH /x HTTP/1.1"), "PATCH /x"),
    .refuse(400, "two empty lines before the request line", "\r\n\r\n" + get()),
    .refuse(400, "a bare line feed before the request line", "\n" + get()),
    .refuse(400, "a space before the method", line(" GET / HTTP/1.1")),
    .refuse(400, "two spaces after the method", line("GET  / HTTP/1.1")),
    .refuse(400, "two spaces before the version", line("GET /  HTTP/1.1")),
    .refuse(400, "a space after the version", line("GET / HTTP/1.1 ")),
    .refuse(400, "a tab instead of a space", line("GET\t/ HTTP/1.1")),
    .refuse(400, "a simple request of HTTP/0.9", line("GET /")),
    .refuse(400, "only a method", line("GET")),
    .refuse(400, "a method that is not a token", line("G(T / HTTP/1.1")),
    .refuse(400, "a method with a control character", line("G\u{1}T / HTTP/1.1")),
    .refuse(400, "a method with a letter outside ASCII", line("GÉT / HTTP/1.1")),
    .refuse(400, "a bare line feed after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n"),
    .refuse(400, "a bare carriage return in the request line", "GET /\r HTTP/1.1\r\nHost: a\r\n\r\n"),
    .refuse(400, "a bare carriage return after the request line", "GET / HTTP/1.1\rHost: a\r\n\r\n"),
    .refuse(400, "two carriage returns", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"),
    .refuse(400, "a version in small letters", line("GET / http/1.1")),
    .refuse(400, "a version without a minor number", line("GET / HTTP/1")),
    .refuse(400, "a version with two digits", line("GET / HTTP/1.10")),
    .refuse(400, "a version with a sign", line("GET / HTTP/+1.1")),
    .refuse(400, "another protocol", line("GET / ICAP/1.0")),
    .refuse(400, "a TLS hello", bytes: [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x0D, 0x0A]),
    .refuse(505, "HTTP/1.2", line("GET / HTTP/1.2")),
    .refuse(505, "HTTP/2.0", line("GET / HTTP/2.0")),
    .refuse(505, "HTTP/0.9", line("GET / HTTP/0.9")),
    .refuse(505, "the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    .refuse(501, "CONNECT", line("CONNECT a:443 HTTP/1.1")),
    .refuse(501, "CONNECT with a path", line("CONNECT / HTTP/1.1")),
    .wait("nothing but an empty line", "\r\n"),
    .wait("half a request line", "GET / HT"),
    .wait("no empty line yet", "GET / HTTP/1.1\r\nHost: a\r\n"),
    .wait("half an empty line", "GET / HTTP/1.1\r\nHost: a\r\n\r"),
  ]

  static let targets: [ParserCase] = [
    .accept("a path and a query", line("GET /a/b?c=d&e=%20 HTTP/1.1"), "GET /a/b?c=d&e=%20"),
    .accept("an empty query", line("GET /? HTTP/1.1"), "GET /?"),
    .accept("two question marks", line("GET /a?b?c HTTP/1.1"), "GET /a?b?c"),
    .accept("a double slash is kept", line("GET //a/../b HTTP/1.1"), "GET //a/../b"),
    .accept("brackets in a query", line("GET /?filter[a]={1} HTTP/1.1"), "GET /?filter[a]={1}"),
    .accept("sub-delimiters", line("GET /;a=1,2!$&'()*+:@~_-. HTTP/1.1"), "GET /;a=1,2!$&'()*+:@~_-."),
    .accept("OPTIONS *", line("OPTIONS * HTTP/1.1"), "OPTIONS *"),
    .accept("an absolute target", line("GET http://a/x?y HTTP/1.1"), "GET /x?y"),
    .accept("an absolute target with https", line("GET https://a/x HTTP/1.1"), "GET /x"),
    .accept("an absolute target in capitals", line("GET HTTP://A/x HTTP/1.1"), "GET /x"),
    .accept("an absolute target without a path", line("GET http://a HTTP/1.1"), "GET /"),
    .accept("an absolute target with only a query", line("GET http://a?b HTTP/1.1"), "GET /?b"),
    .accept("an absolute target with an empty query", line("GET http://a? HTTP/1.1"), "GET /?"),
    .accept("OPTIONS of a whole server", line("OPTIONS http://a HTTP/1.1"), "OPTIONS *"),
    .refuse(400, "GET *", line("GET * HTTP/1.1")),
    .refuse(400, "OPTIONS with a star and more", line("OPTIONS *x HTTP/1.1")),
    .refuse(400, "a target without a slash", line("GET a HTTP/1.1")),
    .refuse(400, "authority-form outside CONNECT", line("GET a:80 HTTP/1.1")),
    .refuse(400, "an absolute target of another scheme", line("GET ftp://a/ HTTP/1.1")),
    .refuse(400, "an absolute target with https without an authority", line("GET https:///x HTTP/1.1")),
    .refuse(400, "an absolute target without an authority", line("GET http:///x HTTP/1.1")),
    .refuse(400, "an absolute target with user information", line("GET http://u@a/ HTTP/1.1")),
    .refuse(400, "an absolute target that differs from Host", line("GET http://b/ HTTP/1.1")),
    .refuse(400, "a fragment", line("GET /a#b HTTP/1.1")),
    .refuse(400, "a quotation mark", line("GET /a\"b HTTP/1.1")),
    .refuse(400, "an angle bracket in the query", line("GET /?<a> HTTP/1.1")),
    .refuse(400, "a backslash in the path", line("GET /a\\b HTTP/1.1")),
    .refuse(400, "a letter outside ASCII", line("GET /é HTTP/1.1")),
    .refuse(400, "a letter outside ASCII in the query", line("GET /?é HTTP/1.1")),
    .refuse(400, "NUL in the path", line("GET /\0 HTTP/1.1")),
    .refuse(400, "DEL in the query", line("GET /?\u{7F} HTTP/1.1")),
    .refuse(400, "a percent sign without digits", line("GET /% HTTP/1.1")),
    .refuse(400, "a percent sign with one digit", line("GET /%2 HTTP/1.1")),
    .refuse(400, "a percent sign with a letter past f", line("GET /?%2g HTTP/1.1")),
  ]

  static let fieldLines: [ParserCase] = [
    .accept("an empty value", get("X-A:"), "GET /"),
    .accept("white space around a value", get("X-A: \t b \t "), "GET /"),
    .accept("bytes above ASCII in a value", get("X-A: é"), "GET /"),
    .accept("a colon in a value", get("X-A: b:c"), "GET /"),
    .accept("every kind of token character", get("!#$%&'*+-.^_`|~09azAZ: x"), "GET /"),
    .accept("Connection: close", get("Connection: keep-alive, close"), "GET /"),
    .accept("Expect: 100-continue", get("Expect: 100-Continue"), "GET /"),
    .refuse(417, "another expectation", get("Expect: 200-ok")),
    .refuse(417, "a second expectation", get("Expect: 100-continue", "Expect: x")),
    .refuse(400, "a space before the colon", get("X-A : b")),
    .refuse(400, "a tab before the colon", get("X-A\t: b")),
    .refuse(400, "a space before the name", get("X-A: b", " X-B: c")),
    .refuse(400, "a folded line", get("X-A: b", " c")),
    .refuse(400, "a line folded with a tab", get("X-A: b", "\tc")),
    .refuse(400, "a folded line directly after the request line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
    .refuse(400, "no name", get(": b")),
    .refuse(400, "no colon", get("X-A")),
    .refuse(400, "a name with a parenthesis", get("X(A): b")),
    .refuse(400, "a name with a letter outside ASCII", get("X-É: b")),
    .refuse(400, "a name with NUL", get("X\0A: b")),
    .refuse(400, "NUL in a value", get("X-A: b\0c")),
    .refuse(400, "a bell in a value", get("X-A: b\u{7}c")),
    .refuse(400, "DEL in a value", get("X-A: b\u{7F}c")),
    .refuse(400, "a vertical tab before a value", get("X-A:\u{B}b")),
    .refuse(400, "a bare carriage return in a value", get("X-A: b\rX-B: c")),
    .refuse(400, "a bare line feed in a value", get("X-A: b\nX-B: c")),
    .refuse(400, "a bare line feed as the last line", "GET / HTTP/1.1\r\nHost: a\r\n\n"),
    .refuse(400, "two carriage returns as the last line", "GET / HTTP/1.1\r\nHost: a\r\n\r\r\n"),
  ]

  static let hosts: [ParserCase] = [
    .accept("a host with a port", "GET / HTTP/1.1\r\nHost: example.org:8080\r\n\r\n", "GET /"),
    .accept("a host with an empty port", "GET / HTTP/1.1\r\nHost: example.org:\r\n\r\n", "GET /"),
    .accept("an IPv4 host", "GET / HTTP/1.1\r\nhOST: 192.0.2.1\r\n\r\n", "GET /"),
    .accept("an IPv6 host", "GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n", "GET /"),
    .accept("a percent-encoded host", "GET / HTTP/1.1\r\nHost: a%C3%A9\r\n\r\n", "GET /"),
    .refuse(400, "no Host", "GET / HTTP/1.1\r\n\r\n"),
    .refuse(400, "two equal Hosts", get("Host: a")),
    .refuse(400, "two different Hosts", get("host: b")),
    .refuse(400, "two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"),
    .refuse(400, "an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
    .refuse(400, "a Host that is only a port", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n"),
    .refuse(400, "a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    .refuse(400, "a Host with user information", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
    .refuse(400, "a Host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
    .refuse(400, "a Host with two ports", "GET / HTTP/1.1\r\nHost: a:1:2\r\n\r\n"),
    .refuse(400, "a Host with a port past 65535", "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n"),
    .refuse(400, "a Host with an endless port", "GET / HTTP/1.1\r\nHost: a:99999999999999999999\r\n\r\n"),
    .refuse(400, "a Host with an unclosed bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
    .refuse(400, "a Host with a letter outside ASCII", "GET / HTTP/1.1\r\nHost: é\r\n\r\n"),
    .refuse(400, "a Host with a broken percent encoding", "GET / HTTP/1.1\r\nHost: a%2\r\n\r\n"),
  ]
}

extension ParserCase {
  static let lengths: [ParserCase] = [
    .accept("a body of declared length", post("Content-Length: 5", then: "hello"), "POST /", body: "hello"),
    .accept(
      "a body longer than a piece", post("Content-Length: 20", then: "01234567890123456789"),
      "POST /", body: "01234567890123456789"),
    .accept("a length of 0", post("Content-Length: 0"), "POST /"),
    .accept("leading zeros", post("Content-Length: 0005", then: "hello"), "POST /", body: "hello"),
    .accept("a body with GET", get("Content-Length: 2") + "ab", "GET /", body: "ab"),
    .accept("a POST without a body", post(), "POST /"),
    .wait("a truncated body", post("Content-Length: 5", then: "hell")),
    .refuse(400, "two equal lengths", post("Content-Length: 5", "Content-Length: 5", then: "hello")),
    .refuse(400, "two different lengths", post("Content-Length: 5", "content-length: 6", then: "hello")),
    .refuse(400, "a list of equal lengths", post("Content-Length: 5, 5", then: "hello")),
    .refuse(400, "a negative length", post("Content-Length: -5")),
    .refuse(400, "a length with a plus sign", post("Content-Length: +5", then: "hello")),
    .refuse(400, "a hexadecimal length", post("Content-Length: 0x5", then: "hello")),
    .refuse(400, "a length with a fraction", post("Content-Length: 5.0", then: "hello")),
    .refuse(400, "a length with a space inside", post("Content-Length: 1 2", then: "hello")),
    .refuse(400, "a length with an underscore", post("Content-Length: 1_0", then: "hello")),
    .refuse(400, "a length in other digits", post("Content-Length: ٥", then: "hello")),
    .refuse(400, "an empty length", post("Content-Length:")),
    .refuse(400, "a length of 2^63", post("Content-Length: 9223372036854775808")),
    .refuse(400, "a length of 2^64 + 5", post("Content-Length: 18446744073709551621", then: "hello")),
    .refuse(400, "a length of many digits", post("Content-Length: " + String(repeating: "9", count: 60))),
  ]

  static let codings: [ParserCase] = [
    .accept("chunked in capitals", post("Transfer-Encoding: CHUNKED", then: "0\r\n\r\n"), "POST /"),
    .refuse(400, "a length before chunked", post("Content-Length: 5", "Transfer-Encoding: chunked", then: "0\r\n\r\n")),
    .refuse(400, "a length after chunked", post("Transfer-Encoding: chunked", "Content-Length: 5", then: "0\r\n\r\n")),
    .refuse(400, "a length beside an unknown coding", post("Transfer-Encoding: gzip", "Content-Length: 5")),
    .refuse(400, "chunked twice", post("Transfer-Encoding: chunked, chunked")),
    .refuse(400, "chunked in two fields", post("Transfer-Encoding: chunked", "Transfer-Encoding: chunked")),
    .refuse(
      400, "identity, then chunked, in two fields", post("Transfer-Encoding: identity", "Transfer-Encoding: chunked")),
    .refuse(400, "chunked before another coding", post("Transfer-Encoding: chunked, gzip")),
    .refuse(400, "an empty coding", post("Transfer-Encoding:")),
    .refuse(400, "a comma before chunked", post("Transfer-Encoding: ,chunked")),
    .refuse(400, "a comma after chunked", post("Transfer-Encoding: chunked,")),
    .refuse(400, "chunked with a parameter", post("Transfer-Encoding: chunked;a=b")),
    .refuse(400, "chunked in quotation marks", post("Transfer-Encoding: \"chunked\"")),
    .refuse(400, "a vertical tab before chunked", post("Transfer-Encoding: \u{B}chunked")),
    .refuse(400, "a space before the colon of the coding", post("Transfer-Encoding : chunked")),
    .refuse(400, "chunked on a folded line", post("Transfer-Encoding:", " chunked")),
    .refuse(400, "chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    .refuse(501, "an unknown coding", post("Transfer-Encoding: xchunked")),
    .refuse(501, "identity", post("Transfer-Encoding: identity")),
    .refuse(501, "gzip and chunked", post("Transfer-Encoding: gzip, chunked")),
  ]

  static let chunks: [ParserCase] = [
    .accept("an empty chunked body", chunked("0\r\n\r\n"), "POST /"),
    .accept("two chunks", chunked("3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"), "POST /", body: "abc0123456789"),
    .accept("line ends as data", chunked("4\r\n\r\n\r\n\r\n0\r\n\r\n"), "POST /", body: "\r\n\r\n"),
    .accept("leading zeros in a size", chunked("0003\r\nabc\r\n000\r\n\r\n"), "POST /", body: "abc"),
    .accept("an extension", chunked("3;a=b;c=\"d e\"\r\nabc\r\n0;x\r\n\r\n"), "POST /", body: "abc"),
    .accept("white space before an extension", chunked("3 \t;a\r\nabc\r\n0\r\n\r\n"), "POST /", body: "abc"),
    .accept("trailers are dropped", chunked("0\r\nX-A: b\r\nContent-Length: 9\r\n\r\n"), "POST /"),
    .wait("a chunk that is not complete", chunked("5\r\nabc")),
    .wait("no last empty line", chunked("0\r\n")),
    .badBody(.malformed, "no size", chunked("\r\nabc\r\n")),
    .badBody(.malformed, "a negative size", chunked("-3\r\nabc\r\n")),
    .badBody(.malformed, "a size with a prefix", chunked("0x3\r\nabc\r\n")),
    .badBody(.malformed, "a space before a size", chunked(" 3\r\nabc\r\n")),
    .badBody(.malformed, "a space after a size", chunked("3 \r\nabc\r\n")),
    .badBody(.malformed, "a size with a letter past f", chunked("3g\r\nabc\r\n")),
    .badBody(.malformed, "a size that overflows", chunked("10000000000000000\r\n")),
    .badBody(.malformed, "a size with the sign bit", chunked("8000000000000000\r\n")),
    .badBody(.malformed, "a size of seventeen digits", chunked("00000000000000003\r\nabc\r\n")),
    .badBody(.malformed, "a bare line feed after a size", chunked("3\nabc\r\n")),
    .badBody(.malformed, "a bare carriage return after a size", chunked("3\rabc\r\n")),
    .badBody(.malformed, "a bare line feed after data", chunked("3\r\nabc\n0\r\n\r\n")),
    .badBody(.malformed, "more data than announced", chunked("3\r\nabcd\r\n0\r\n\r\n")),
    .badBody(.malformed, "less data than announced", chunked("5\r\nabc\r\n0\r\n\r\n")),
    .badBody(.malformed, "a line feed in an extension", chunked("3;a\nabc\r\n")),
    .badBody(.malformed, "NUL in an extension", chunked("3;\0\r\nabc\r\n")),
    .badBody(.malformed, "an endless extension", chunked("3;" + String(repeating: "a", count: 300))),
    .badBody(.malformed, "a trailer without a colon", chunked("0\r\nabc\r\n\r\n")),
    .badBody(.malformed, "a folded trailer", chunked("0\r\nX-A: b\r\n c\r\n\r\n")),
    .badBody(.malformed, "a control character in a trailer", chunked("0\r\nX-A: \u{1}\r\n\r\n")),
    .badBody(.malformed, "a bare line feed after the last chunk", chunked("0\r\n\n")),
    .badBody(.tooLarge, "a chunk past the limit", chunked("3e9\r\n")),
    .badBody(.tooLarge, "an absurd size", chunked("7fffffffffffffff\r\n")),
  ]

  static let limits: [ParserCase] = [
    .accept(
      "a request line of the longest length", line("GET /" + String(repeating: "a", count: 50) + " HTTP/1.1"),
      "GET /" + String(repeating: "a", count: 50)),
    .refuse(414, "a request line one byte longer", line("GET /" + String(repeating: "a", count: 51) + " HTTP/1.1")),
    .refuse(414, "a request line without an end", "GET /" + String(repeating: "a", count: 99)),
    .accept("a head of the longest length", get("X: " + String(repeating: "a", count: 480)), "GET /"),
    .refuse(431, "a head one byte longer", get("X: " + String(repeating: "a", count: 481))),
    .refuse(431, "a head without an end", "GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 600)),
    .accept("the most fields", get("A:", "B:", "C:", "D:", "E:", "F:", "G:"), "GET /"),
    .refuse(431, "one field more", get("A:", "B:", "C:", "D:", "E:", "F:", "G:", "H:")),
  ]
}
