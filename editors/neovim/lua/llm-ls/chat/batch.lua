-- Gathers what streams in and hands it on at most 30 times a second; the first piece at once.

local M = {}

local INTERVAL_MS = 33

---@class llm_ls.chat.Batch
---@field add fun(text: string)
---@field flush fun() Hand on what is gathered now.

---@param hand_on fun(text: string)
---@return llm_ls.chat.Batch
function M.new(hand_on)
  local texts = {} ---@type string[]
  local last, waiting = -INTERVAL_MS, false

  local function flush()
    local gathered = table.concat(texts)
    texts, last = {}, vim.uv.now()
    if gathered ~= '' then
      hand_on(gathered)
    end
  end

  local function add(text)
    table.insert(texts, text)
    local wait_ms = last + INTERVAL_MS - vim.uv.now()
    if waiting then
      return
    elseif wait_ms <= 0 then
      flush()
      return
    end
    waiting = true
    vim.defer_fn(function()
      waiting = false
      flush()
    end, wait_ms)
  end

  return { add = add, flush = flush }
end

return M
