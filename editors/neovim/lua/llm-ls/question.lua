-- A question of the server with a few answers, in a window that blocks nothing and goes when it is answered elsewhere.

local M = {}

local NARROWEST, WIDEST = 30, 76

---@class llm_ls.Question
---@field close fun() Take it away unanswered.

---@param text string
---@param width integer
---@return string[] lines no wider than `width`, broken at spaces
function M.wrapped(text, width)
  local lines, line = {}, ''
  for word in text:gmatch('%S+') do
    if line ~= '' and vim.api.nvim_strwidth(line .. ' ' .. word) > width then
      table.insert(lines, line)
      line = word
    else
      line = line == '' and word or line .. ' ' .. word
    end
  end
  table.insert(lines, line)
  return lines
end

---@param lines string[]
---@return integer bufnr
---@return integer window
local function open(lines)
  local bufnr = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, lines)
  vim.bo[bufnr].modifiable, vim.bo[bufnr].bufhidden = false, 'wipe'
  local width = NARROWEST
  for _, line in ipairs(lines) do
    width = math.max(width, vim.api.nvim_strwidth(line) + 1)
  end
  local window = vim.api.nvim_open_win(bufnr, true, {
    relative = 'editor',
    row = math.max(0, math.floor((vim.o.lines - #lines) / 2) - 2),
    col = math.max(0, math.floor((vim.o.columns - width) / 2)),
    width = width,
    height = #lines,
    style = 'minimal',
    border = 'rounded',
    title = ' llm-ls ',
  })
  vim.wo[window].cursorline = true
  return bufnr, window
end

---Ask; `callback` receives the index of the answer, or nil if the window was closed.
---@param text string
---@param answers string[]
---@param callback fun(index?: integer)
---@return llm_ls.Question
function M.ask(text, answers, callback)
  local lines = vim.tbl_map(function(line)
    return ' ' .. line
  end, M.wrapped(text, math.min(WIDEST, vim.o.columns - 6)))
  table.insert(lines, '')
  local first = #lines + 1
  for number, answer in ipairs(answers) do
    table.insert(lines, ('  %d  %s'):format(number, answer))
  end
  local back = vim.api.nvim_get_current_win()
  local bufnr, window = open(lines)
  vim.api.nvim_win_set_cursor(window, { first, 2 })
  local answered = false
  local function finish(index)
    if answered then
      return
    end
    answered = true
    local inside = vim.api.nvim_get_current_win() == window
    if vim.api.nvim_win_is_valid(window) then
      vim.api.nvim_win_close(window, true)
    end
    if inside and vim.api.nvim_win_is_valid(back) then
      vim.api.nvim_set_current_win(back)
    end
    callback(index)
  end
  local function map(key, index)
    vim.keymap.set('n', key, function()
      finish(type(index) == 'function' and index() or index)
    end, { buffer = bufnr, nowait = true })
  end
  for number in ipairs(answers) do
    map(tostring(number), number)
  end
  map('<CR>', function()
    local index = vim.api.nvim_win_get_cursor(window)[1] - first + 1
    return answers[index] and index or nil
  end)
  map('q', nil)
  map('<Esc>', nil)
  vim.api.nvim_create_autocmd('WinClosed', {
    pattern = tostring(window),
    once = true,
    callback = vim.schedule_wrap(function()
      finish(nil)
    end),
  })
  return {
    close = function()
      finish(nil)
    end,
  }
end

return M
