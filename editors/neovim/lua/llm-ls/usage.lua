-- What was asked and what it cost, as a table to read.

local client = require('llm-ls.client')
local money = require('llm-ls.money')

local M = {}

---@param count integer
---@return string
local function grouped(count)
  local text = tostring(count):reverse():gsub('(%d%d%d)', '%1 '):reverse()
  return vim.trim(text)
end

---@param row table A `UsageRow`.
---@return string[]
local function cells(row)
  local cost = row.costUsd and money.text(row.costUsd) or '-'
  if row.unpriced > 0 and row.costUsd then
    cost = cost .. ' +'
  end
  return { grouped(row.requests), grouped(row.inputTokens), grouped(row.outputTokens), cost }
end

---@param title string
---@param rows table[] `UsageRow`s, each with its name.
---@param lines string[]
local function add(title, rows, lines)
  local width = math.max(24, #title)
  for _, row in ipairs(rows) do
    width = math.max(width, vim.fn.strdisplaywidth(row.key))
  end
  local function line(name, of)
    local padded = name .. (' '):rep(width - vim.fn.strdisplaywidth(name))
    table.insert(lines, (' %s %9s %11s %11s %14s '):format(padded, unpack(of)))
  end
  line(title, { 'requests', 'tokens in', 'tokens out', 'cost' })
  for _, row in ipairs(rows) do
    line(row.key, cells(row))
  end
end

---@param today table An answer of `llm-ls/usage`.
---@param week table The same by model.
---@return string[]
function M.lines(today, week)
  local lines = { '' }
  add('', {
    vim.tbl_extend('force', today.totals, { key = 'Today' }),
    vim.tbl_extend('force', week.totals, { key = 'Last 7 days' }),
  }, lines)
  if week.rows[1] then
    table.insert(lines, '')
    add('Last 7 days by model', week.rows, lines)
  end
  table.insert(lines, '')
  if week.totals.failed > 0 then
    table.insert(lines, (' %d failed in the last 7 days.'):format(week.totals.failed))
  end
  if week.totals.unpriced > 0 then
    table.insert(
      lines,
      (' The price of %d requests is not known; they are not in the cost.'):format(week.totals.unpriced)
    )
  end
  return lines
end

---`:Llm usage`: a window with it.
function M.command()
  client.request('llm-ls/usage', { since = '1d' }, function(err, today)
    if err then
      client.say(err)
      return
    end
    client.request('llm-ls/usage', { since = '7d', by = 'model' }, function(week_err, week)
      if week_err then
        client.say(week_err)
        return
      end
      require('llm-ls.pane').open('llm-ls://usage', M.lines(today, week), { title = ' Usage of all editors ' })
    end)
  end)
end

return M
