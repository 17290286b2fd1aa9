internal import JSON
internal import Testing

@Suite struct SelectionTests {
  @Test(arguments: [
    (#"{"a":1,"b":"x","c":[1,2]}"#, "b", #"{"b":"x"}"#),
    (#"{"a":1,"b":"x","c":[1,2]}"#, "c,a", #"{"a":1,"c":[1,2]}"#),
    (#"{"a":{"b":1,"c":{"d":2,"e":3}},"b":4}"#, "a.c.e", #"{"a":{"c":{"e":3}}}"#),
    (#"{"a":{"b":1,"c":2}}"#, "a.b,a", #"{"a":{"b":1,"c":2}}"#),
    (#"{"a":{"b":1,"c":2}}"#, "a,a.b", #"{"a":{"b":1,"c":2}}"#),
    (#"{"a":[{"b":1,"c":2},{"c":3},{"b":[4]}]}"#, "a.b", #"{"a":[{"b":1},{},{"b":[4]}]}"#),
    (#"{"a":null,"b":true,"c":-1.5e3}"#, "a.x,c", #"{"a":null,"c":-1.5e3}"#),
    (#"{"a":"},]\"\\","b":"[{","c":1}"#, "c", #"{"c":1}"#),
    (#"{"a":"},]\"\\","b":"[{","c":1}"#, "a", #"{"a":"},]\"\\"}"#),
    (#"{"a":{},"b":[],"c":[[{"d":1,"e":2}]]}"#, "a.x,b.x,c.d", #"{"a":{},"b":[],"c":[[{"d":1}]]}"#),
    (#"{"ab":1,"a":2,"abc":3}"#, "ab", #"{"ab":1}"#), (#"{"a":1}"#, "b", "{}"), ("{}", "a", "{}"),
  ])
  func `what is chosen is kept as it stands, and nothing else`(json: String, paths: String, expected: String) throws {
    let selection = MemberSelection(paths: paths.split(separator: ",").map(String.init))
    let picked = selection.picked(from: Array(json.utf8))
    #expect(String(decoding: picked, as: UTF8.self) == expected)
    _ = try JSONValue.parse(picked)
  }
}
