-- Folds of a chat: thinking, and what is attached. They are made by hand, since only those grow while one inserts.

local M = {}

---Close the lines from row `first` to `last`, both from 0, in a window.
---@param win integer
---@param first integer
---@param last integer
function M.close(win, first, last)
  vim.api.nvim_win_call(win, function()
    vim.cmd(('silent! keepjumps %d,%dfold'):format(first + 1, last + 1))
  end)
end

---Replace the folds of a window.
---@param win integer
---@param ranges integer[][] First and last rows.
function M.restore(win, ranges)
  vim.api.nvim_win_call(win, function()
    vim.cmd('silent! normal! zE')
  end)
  for _, range in ipairs(ranges) do
    M.close(win, range[1], range[2])
  end
end

---@param count integer
---@param noun string
---@return string
local function counted(count, noun)
  return count == 1 and '1 ' .. noun or ('%d %ss'):format(count, noun)
end

---What a closed fold shows, for 'foldtext'.
---@return table
function M.text()
  local first = vim.api.nvim_buf_get_lines(0, vim.v.foldstart - 1, vim.v.foldstart, false)[1] or ''
  local lines = vim.v.foldend - vim.v.foldstart + 1
  local said = 'attached: ' .. first:sub(3)
  local called = first:match('^> ◆ (.*)')
  if called then
    said = called
  elseif vim.startswith(first, '>') then
    said = 'thinking, ' .. counted(lines, 'line')
  elseif lines > 1 then
    said = ('%s, and %d more'):format(said, lines - 1)
  end
  local width = require('llm-ls.chat.fit').width(vim.api.nvim_get_current_buf())
  return { { require('llm-ls.chat.fit').text('▸ ' .. said, width), 'LlmLsChatFold' } }
end

return M
