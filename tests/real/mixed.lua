-- SPDX-License-Identifier: MIT
-- A little of everything that makes an interpreter call: recursion, tables, strings, patterns,
-- closures, sorting, metatables, coroutines, errors (longjmp), string buffers and the collector.
-- Run by real_run with the number of rounds. Its output must depend on nothing but that
-- number: no table is keyed by an address, no clock is read, no address printed.

local rounds = tonumber(arg[1]) or 1

-- A generator of our own: math.random's seed is the interpreter's affair.
local state = 42
local function random(limit)
    state = (state * 1103515245 + 12345) % 2147483648
    return state // 65536 % limit + 1
end

local function fib(n)
    if n < 2 then return n end
    return fib(n - 1) + fib(n - 2)
end

local function sieve(limit)
    local composite, primes = {}, {}
    for i = 2, limit do
        if not composite[i] then
            primes[#primes + 1] = i
            for j = i * i, limit, i do composite[j] = true end
        end
    end
    return #primes
end

local function words(count)
    local list = {}
    for i = 1, count do
        local letters = {}
        for j = 1, 3 + random(6) do letters[j] = string.char(96 + random(26)) end
        list[i] = table.concat(letters)
    end
    return list
end

local function count_words(list)
    local seen, total = {}, 0
    for _, word in ipairs(list) do seen[word] = (seen[word] or 0) + 1 end
    for _, count in pairs(seen) do total = total + count * count end
    return total
end

local function strings(list)
    local text = table.concat(list, " ")
    local vowels = select(2, text:gsub("[aeiou]", string.upper))
    local capitals = text:gsub("(%a)(%a*)", function(first, rest) return first:upper() .. rest end)
    local found = 0
    for word in capitals:gmatch("%u%l+") do
        if word:find("ing", 1, true) or word:match("^[QX]%l*e$") then found = found + 1 end
    end
    local formatted = string.format("%5d %-8s %8.3f %q", #text, list[1], #text / 7, list[2])
    return vowels, found, formatted:rep(3, "|"):len(), capitals:byte(#capitals)
end

local Vector = {}
Vector.__index = Vector
Vector.__add = function(a, b) return setmetatable({ x = a.x + b.x, y = a.y + b.y }, Vector) end
Vector.__eq = function(a, b) return a.x == b.x and a.y == b.y end
Vector.__lt = function(a, b) return a:norm() < b:norm() end
function Vector.new(x, y) return setmetatable({ x = x, y = y }, Vector) end
function Vector:norm() return self.x * self.x + self.y * self.y end

local function vectors(count)
    local list, sum = {}, Vector.new(0, 0)
    for i = 1, count do
        list[i] = Vector.new(random(1000), random(1000))
        sum = sum + list[i]
    end
    table.sort(list)
    return sum.x, sum.y, list[1]:norm(), list[count]:norm(), sum == Vector.new(sum.x, sum.y)
end

local function sorted(list)
    local copy = table.move(list, 1, #list, 1, {})
    table.sort(copy, function(a, b) return #a < #b or (#a == #b and a > b) end)
    return copy[1], copy[#copy]
end

local function compose(...)
    local functions = { ... }
    return function(value)
        for _, f in ipairs(functions) do value = f(value) end
        return value
    end
end

local function closures(count)
    local function adder(n) return function(x) return (x + n) % 65521 end end
    local value = 1
    for i = 1, count do value = compose(adder(i), adder(3), math.abs, adder(-i))(value) end
    return value
end

local function permutations(items, n)
    if n == 0 then
        coroutine.yield(items)
    else
        for i = 1, n do
            items[n], items[i] = items[i], items[n]
            permutations(items, n - 1)
            items[n], items[i] = items[i], items[n]
        end
    end
end

local function coroutines(n)
    local items, count, checksum = {}, 0, 0
    for i = 1, n do items[i] = i end
    for p in coroutine.wrap(function() permutations(items, n) end) do
        count = count + 1
        checksum = (checksum * 31 + p[1] * 7 + p[n]) % 1000003
    end
    return count, checksum
end

local function throw(depth, what)
    if depth == 0 then error(what, 0) end
    throw(depth - 1, what)
    return depth
end

local function errors(count)
    local caught, codes, closed = 0, 0, 0
    for i = 1, count do
        local ok, problem = pcall(throw, i % 20, { code = i % 7 })
        if not ok then caught, codes = caught + 1, codes + problem.code end
        ok, problem = xpcall(function()
            local guard <close> = setmetatable({}, { __close = function() closed = closed + 1 end })
            return guard, nil + i
        end, function(message) return #message:gsub("^.-:%d+:", "") end)
        if not ok then codes = codes + problem end
    end
    -- An error that leaves a coroutine, and one inside a comparison called by sort.
    local thread = coroutine.create(function() coroutine.yield(1) throw(5, "left") end)
    coroutine.resume(thread)
    local _, left = coroutine.resume(thread)
    local _, broken = pcall(table.sort, { 3, 1, 2 }, function() error("sorting", 0) end)
    return caught, codes, closed, left, broken
end

local function compiled(count)
    local sum = 0
    for i = 1, count do
        local chunk = load("local x <const> = ... ; return x * " .. i .. " + #'" .. ("z"):rep(i % 9) .. "'")
        sum = sum + chunk(i % 13)
    end
    local _, problem = load("return = 1", "=chunk")
    return sum, problem
end

for round = 1, rounds do
    local list = words(4000)
    print(round, fib(21), sieve(20000), count_words(list))
    print(strings(list))
    print(sorted(list))
    print(vectors(2000))
    print(closures(3000), coroutines(7))
    print(errors(2000))
    print(compiled(500))
    collectgarbage()
end
