-- What a status line shows: the model, whether it is busy, and today's money. Asking is cheap.

local client = require('llm-ls.client')

local M = {}

---@class llm_ls.State
---@field running boolean Whether the server runs.
---@field model? string
---@field busy boolean
---@field kind 'normal'|'warning'|'error'|'inactive'
---@field message string
---@field cost_usd? number Of today, of all editors; nil: unknown or none.

local SETTLE_MS = 300

---@type number?
local cost_usd
local asked, fetching = false, false

local function fetch()
  if fetching or not client.supports('llm-ls/usage') then
    return
  end
  fetching, asked = true, true
  client.request('llm-ls/usage', { since = '1d' }, function(err, result)
    fetching = false
    if not err and result.totals.costUsd ~= cost_usd then
      cost_usd = result.totals.costUsd
      vim.cmd.redrawstatus({ bang = true })
    end
  end)
end

vim.api.nvim_create_autocmd('User', {
  group = vim.api.nvim_create_augroup('llm-ls.status', {}),
  pattern = 'LlmLsStatus',
  callback = function()
    vim.cmd.redrawstatus({ bang = true })
    if not (client.status and client.status.busy) then
      vim.defer_fn(fetch, SETTLE_MS)
    end
  end,
})

---@return llm_ls.State
function M.get()
  local status = client.status
  if not asked and status then
    vim.schedule(fetch)
  end
  return {
    running = status ~= nil,
    model = status and status.model,
    busy = status ~= nil and status.busy,
    kind = status and status.kind or 'inactive',
    message = status and status.message or 'llm-ls does not run',
    cost_usd = cost_usd,
  }
end

---Why nothing may come of what is asked for, as far as the server has said.
---@return string?
function M.trouble()
  local state = M.get()
  if state.kind == 'error' then
    return 'the last request failed: ' .. state.message
  elseif state.kind == 'inactive' and (state.running or not client.get()) then
    return state.message
  end
end

---For a status line: `gpt-test · $0.12`, with `…` while it is busy; empty if the server does not run.
---@return string
function M.text()
  local state = M.get()
  if not state.running then
    return ''
  end
  local parts = { state.model and state.model:match('[^/]*$') or 'llm-ls: no model' }
  if state.kind == 'error' then
    table.insert(parts, 'failed')
  elseif state.kind == 'warning' then
    table.insert(parts, 'warning')
  end
  if state.cost_usd then
    table.insert(parts, require('llm-ls.money').text(state.cost_usd))
  end
  return table.concat(parts, ' · ') .. (state.busy and ' …' or '')
end

---`:Llm status`: what is used, and what runs.
function M.command()
  client.command('llm-ls.status')
end

return M
