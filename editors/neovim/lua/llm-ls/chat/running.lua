-- An answer that is coming: what is kept as long, and what it is doing, in a line.

local M = {}

---@class llm_ls.chat.Running
---@field exchange llm_ls.chat.Exchange
---@field turn llm_ls.chat.Turn
---@field batch llm_ls.chat.Batch
---@field cancel fun()
---@field timer uv.uv_timer_t
---@field began_ms integer
---@field notices string[]
---@field thought string[] What is not in the buffer yet.
---@field draft {text: string, items: llm_ls.chat.Item[]} What the next prompt begins with.
---@field undolevels integer

local FRAMES = { '⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏' }
local FRAME_MS = 120

---@param exchange llm_ls.chat.Exchange
---@param turn llm_ls.chat.Turn
---@param draft {text: string, items: llm_ls.chat.Item[]}
---@param bufnr integer Whose changes cannot be undone as long.
---@param batch llm_ls.chat.Batch
---@return llm_ls.chat.Running
function M.begin(exchange, turn, draft, bufnr, batch)
  local undolevels = vim.bo[bufnr].undolevels
  vim.bo[bufnr].undolevels = -1
  return {
    exchange = exchange,
    turn = turn,
    batch = batch,
    began_ms = vim.uv.now(),
    notices = {},
    thought = {},
    draft = draft,
    undolevels = undolevels,
    timer = assert(vim.uv.new_timer()),
    cancel = function() end,
  }
end

---Call `draw` for each frame of the line, until the end.
---@param running llm_ls.chat.Running
---@param draw fun()
function M.animate(running, draw)
  running.timer:start(FRAME_MS, FRAME_MS, vim.schedule_wrap(draw))
end

---@param running llm_ls.chat.Running
---@param bufnr integer
function M.finish(running, bufnr)
  running.timer:stop()
  running.timer:close()
  if vim.api.nvim_buf_is_loaded(bufnr) then
    vim.bo[bufnr].undolevels = running.undolevels
  end
end

---@param running llm_ls.chat.Running
---@return string?
local function doing(running)
  local called = vim.tbl_filter(function(call)
    return call.input ~= nil and call.content == nil
  end, running.exchange.calls)
  if called[1] and require('llm-ls.handlers').is_asking() then
    return 'waits for your answer'
  elseif called[1] then
    return #called == 1 and require('llm-ls.chat.calls').label(called[1]) or #called .. ' tools'
  end
  return running.thought[1] and 'thinking' or nil
end

---What it is doing.
---@param running llm_ls.chat.Running
---@return string
function M.activity(running)
  local ms = vim.uv.now() - running.began_ms
  local frame = FRAMES[math.floor(ms / FRAME_MS) % #FRAMES + 1]
  local parts = { running.exchange.model or 'asking', doing(running) }
  table.insert(parts, ('%d s'):format(math.floor(ms / 1000)))
  return ('%s %s'):format(frame, table.concat(parts, ' · '))
end

return M
