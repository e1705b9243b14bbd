/** A Lua script for Redis 7.0 and later, with the name that errors call it by. */
export interface LuaScript {
  readonly name: string;
  readonly source: string;
}

/**
 * Functions that several scripts share; each script pastes in what it uses.
 *
 * - `number_of(value)`: a number, nil for a field that is not there.
 * - `text(number)`: all digits. Lua's own conversion keeps fourteen of them, and sums may have sixteen.
 * - `less(a, b)`: order of entry ids, by number; '' stands before every id.
 * - `write(command, key, list)`, `read(command, key, list)`: one command for the whole list, or several where Lua's
 *   stack (8,000 values) would not hold the list. Lists of pairs stay whole because the limit is even.
 */
export const LUA_BASICS = `
local STACK = 7800
local function number_of(value) return value and tonumber(value) or nil end
local function text(number) return string.format('%.0f', number) end
local function less(a, b)
  if b == '' then return false end
  if a == '' then return true end
  local ai, as = string.match(a, '^(%d+)-(%d+)$')
  local bi, bs = string.match(b, '^(%d+)-(%d+)$')
  ai, as, bi, bs = tonumber(ai), tonumber(as), tonumber(bi), tonumber(bs)
  return ai < bi or (ai == bi and as < bs)
end
local function write(command, key, list)
  local answers = 0
  for first = 1, #list, STACK do
    local answer = redis.call(command, key, unpack(list, first, math.min(first + STACK - 1, #list)))
    if type(answer) == 'number' then answers = answers + answer end
  end
  return answers
end
local function read(command, key, list)
  if #list <= STACK then return redis.call(command, key, unpack(list)) end
  local all = {}
  for first = 1, #list, STACK do
    local part = redis.call(command, key, unpack(list, first, math.min(first + STACK - 1, #list)))
    for i = 1, #part do all[#all + 1] = part[i] end
  end
  return all
end
`;

/**
 * What fields of sales are called, see `nameOfField`, and which store a series is of.
 *
 * - `sales_field(series)`: the name of the field; `series_of(field)`: the series, nil for a field of anything else.
 * - `store_of(series)`: the store, as `storePart` writes it.
 */
export const LUA_NAMES = `
local function sales_field(series)
  return string.match(series, '^%d') and series or ':' .. series
end
local function series_of(field)
  return string.match(field, '^:(.+)$') or (string.match(field, '^%d') and field) or nil
end
local function store_of(series) return string.match(series, '^([^:]*):') end
`;

/**
 * `date_of(day)`: `YYYY-MM-DD` of a day number (days since 1970-01-01), by Howard Hinnant's `civil_from_days`
 * (https://howardhinnant.github.io/date_algorithms.html).
 */
export const LUA_DATE = `
local function date_of(day)
  local z = day + 719468
  local era = math.floor(z / 146097)
  local doe = z - era * 146097
  local yoe = math.floor((doe - math.floor(doe / 1460) + math.floor(doe / 36524) - math.floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + math.floor(yoe / 4) - math.floor(yoe / 100))
  local mp = math.floor((5 * doy + 2) / 153)
  local d = doy - math.floor((153 * mp + 2) / 5) + 1
  local m = mp < 10 and mp + 3 or mp - 9
  local y = yoe + era * 400
  if m <= 2 then y = y + 1 end
  return string.format('%04d-%02d-%02d', y, m, d)
end
`;

/**
 * Optimistic locking of packed histories: they are read, joined outside and written back, and the write is refused
 * when anything has been committed, imported or compacted in between.
 */
export const LUA_TOKEN = `
local function token_of(watermark, revision) return (watermark or '') .. '/' .. (revision or '0') end
`;

/**
 * Sums of buckets, in two steps so that every type and number is checked before the first write.
 *
 * `plan_bucket(key, at)` reads the bucket's part of ARGV, `<day or ''> <kinds, comma-separated> <period> <n>` and n
 * pairs of field and value, and what the hash holds of these fields; it returns the pairs to write. `next` is where
 * the part after it begins. Fields of promotions and of open stores keep the largest value, all others the sum.
 * A value that is no whole number within 2^53 stops the script while nothing has been written. Needs `LUA_NAMES`.
 *
 * `write_bucket(bucket, watermark)` writes them, and puts new kinds of bucket on the list in `index`.
 */
export const LUA_BUCKETS = `
local function plan_bucket(key, at)
  local bucket = { key = key, day = tonumber(ARGV[at]), period = ARGV[at + 2], writes = {}, members = {}, fresh = {} }
  local kinds, wanted = {}, { 'watermark' }
  for kind in string.gmatch(ARGV[at + 1], '[^,]+') do
    kinds[#kinds + 1] = kind
    wanted[#wanted + 1] = 'has:' .. kind
  end
  local first, count = at + 4, tonumber(ARGV[at + 3])
  bucket.first, bucket.count, bucket.next = first, count, first + 2 * count
  for i = 0, count - 1 do wanted[#wanted + 1] = ARGV[first + 2 * i] end
  local held = read('HMGET', key, wanted)
  bucket.watermark = held[1] or ''
  local writes = bucket.writes
  for i, kind in ipairs(kinds) do
    if not held[1 + i] then
      writes[#writes + 1] = 'has:' .. kind
      writes[#writes + 1] = '1'
      bucket.members[#bucket.members + 1] = '0'
      bucket.members[#bucket.members + 1] = kind .. ':' .. bucket.period
    end
  end
  for i = 0, count - 1 do
    local field, value = ARGV[first + 2 * i], tonumber(ARGV[first + 2 * i + 1])
    local before = held[2 + #kinds + i]
    local old = before and tonumber(before) or 0
    local sum = old and value and old + value
    if sum and (string.sub(field, 1, 6) == 'promo:' or string.sub(field, 1, 5) == 'open:') then
      sum = math.max(old, value)
    end
    if not sum or sum % 1 ~= 0 or math.abs(sum) > 9007199254740991 then
      return nil, redis.error_reply('UNSAFE ' .. field .. ' of ' .. key .. ' would be no whole number within 2^53')
    end
    if not before or sum ~= old then
      writes[#writes + 1] = field
      writes[#writes + 1] = text(sum)
    end
    local series = not before and series_of(field)
    if series then bucket.fresh[#bucket.fresh + 1] = series end
  end
  return bucket
end
local function write_bucket(bucket, watermark)
  if watermark then
    bucket.writes[#bucket.writes + 1] = 'watermark'
    bucket.writes[#bucket.writes + 1] = watermark
  end
  write('HSET', bucket.key, bucket.writes)
end
`;

/**
 * `plan_openings(first, at)`: plans every bucket together with its opening hash, whose keys follow each other in KEYS
 * from `first` on, and whose parts begin at `at` of ARGV. Returns what to write and the members that are new to the
 * index, or nil, nil and the problem. Needs `LUA_BUCKETS`.
 */
export const LUA_OPENINGS = `
local function plan_openings(first, at)
  local planned, kinds = {}, {}
  for k = first, #KEYS, 2 do
    local bucket, problem = plan_bucket(KEYS[k], at)
    if not bucket then return nil, nil, problem end
    local opening, other = plan_bucket(KEYS[k + 1], at)
    if not opening then return nil, nil, other end
    at = bucket.next
    planned[#planned + 1] = bucket
    planned[#planned + 1] = opening
    for _, member in ipairs(bucket.members) do kinds[#kinds + 1] = member end
  end
  return planned, kinds
end
`;

/** `compacted_range(key)`: the first and the last of the days on which packed histories end, as fields of the state. */
export const LUA_COMPACTED_RANGE = `
local function compacted_range(key, fields)
  local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
  if #first == 0 then return end
  local last = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')
  fields[#fields + 1] = 'compacted_min'
  fields[#fields + 1] = first[2]
  fields[#fields + 1] = 'compacted_max'
  fields[#fields + 1] = last[2]
end
`;
