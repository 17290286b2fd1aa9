-- wrk script: any of all cases. Arguments: a key, and a file with an identity a line.
function init(arguments)
  wrk.headers["Authorization"] = "Bearer " .. arguments[1]
  paths = {}
  for line in io.lines(arguments[2]) do paths[#paths + 1] = "/v1/cases/" .. line end
  math.randomseed(os.time())
end
function request() return wrk.format(nil, paths[math.random(#paths)]) end
