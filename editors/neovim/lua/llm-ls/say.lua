-- Says one sentence to the user.

local M = {}

---@param text string
---@param level integer
local function say(text, level)
  vim.schedule(function()
    vim.notify(text:match('^llm%-ls') and text or 'llm-ls: ' .. text, level, { title = 'llm-ls' })
  end)
end

---@param text string
function M.info(text)
  say(text, vim.log.levels.INFO)
end

---@param text string
function M.warn(text)
  say(text, vim.log.levels.WARN)
end

---@param text string
function M.error(text)
  say(text, vim.log.levels.ERROR)
end

return M
