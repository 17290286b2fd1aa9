-- wrk script: a new case with every request, under a random idempotency key, as clients draw them. Arguments: a key, and a
-- file with the body, in which NN stands for two digits and REFERENCE for the reporter's number.
local serial = 0
function setup(thread) thread:set("id", serial); serial = serial + 1 end
function init(arguments)
  wrk.method = "POST"
  wrk.headers["Authorization"] = "Bearer " .. arguments[1]
  wrk.headers["Content-Type"] = "application/json"
  first, second, third = io.open(arguments[2]):read("*a"):match("^(.*)NN(.*)REFERENCE(.*)$")
  math.randomseed(os.time() + id * 7919)
  mark, count = math.random(1e9), 0
end
function request()
  count = count + 1
  local reference = mark .. "-" .. id .. "-" .. count
  wrk.headers["Idempotency-Key"] =
    string.format("%08x%08x%08x", math.random(0, 2 ^ 31 - 1), math.random(0, 2 ^ 31 - 1), math.random(0, 2 ^ 31 - 1))
  return wrk.format(nil, "/v1/cases", nil, first .. (10 + count % 89) .. second .. reference .. third)
end
