-- A question of the server with a few answers, in a window that blocks nothing and goes when it is answered elsewhere.
-- It takes no key that was meant for something else: it is entered in Normal mode, a moment after the last key.

local M = {}

local NARROWEST, WIDEST = 30, 76
local TITLE = ' llm-ls '
local ENTER = ' <C-w>w gets into it '
local QUIET_MS = 300

---@class llm_ls.Question
---@field close fun() Take it away unanswered.

---@param word string
---@return string[] parts for which the screen is wide enough
local function parts(word)
  local widest = math.max(2, vim.o.columns - 6)
  local found = {}
  while vim.api.nvim_strwidth(word) > widest do
    local length = widest
    while vim.api.nvim_strwidth(vim.fn.strcharpart(word, 0, length)) > widest do
      length = length - 1
    end
    table.insert(found, vim.fn.strcharpart(word, 0, length))
    word = vim.fn.strcharpart(word, length)
  end
  table.insert(found, word)
  return found
end

---@param text string
---@param width integer
---@return string[] lines no wider than `width`, broken at spaces and where the text breaks them, but for longer words
function M.wrapped(text, width)
  local lines = {}
  for _, given in ipairs(vim.split(vim.trim(text), '\n', { plain = true })) do
    local line = given:match('^%s*')
    local empty = true
    for word in given:gmatch('%S+') do
      for _, part in ipairs(parts(word)) do
        if not empty and vim.api.nvim_strwidth(line .. ' ' .. part) > width then
          table.insert(lines, line)
          line, empty = part, false
        else
          line, empty = empty and line .. part or line .. ' ' .. part, false
        end
      end
    end
    table.insert(lines, line)
  end
  return lines
end

---@param lines string[]
---@param in_middle boolean Else out of the way of what is typed.
---@return integer bufnr
---@return integer window
local function open(lines, in_middle)
  local bufnr = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, lines)
  vim.bo[bufnr].modifiable, vim.bo[bufnr].bufhidden = false, 'wipe'
  local width = NARROWEST
  for _, line in ipairs(lines) do
    width = math.max(width, vim.api.nvim_strwidth(line) + 1)
  end
  local middle = math.max(0, math.floor((vim.o.lines - #lines) / 2) - 2)
  local window = vim.api.nvim_open_win(bufnr, false, {
    relative = 'editor',
    row = in_middle and middle or 0,
    col = math.max(0, math.floor((vim.o.columns - width) / (in_middle and 2 or 1))),
    width = width,
    height = #lines,
    style = 'minimal',
    border = 'rounded',
    title = ' llm-ls asks ',
    footer = ENTER,
  })
  vim.wo[window].cursorline = true
  return bufnr, window
end

---Whether keys typed now are commands, so that none is meant for a text.
---@return boolean
local function commanding()
  return vim.list_contains({ 'n', 'nt' }, vim.api.nvim_get_mode().mode)
end

---Go to a window once nobody types, so that no key answers a question that nobody has read.
---@param window integer
---@param focus fun()
local function focus_when_quiet(window, focus)
  local timer = assert(vim.uv.new_timer())
  local keys ---@type integer
  local function look()
    local gone = not vim.api.nvim_win_is_valid(window)
    if (gone or commanding()) and not timer:is_closing() then
      timer:close()
      vim.on_key(nil, keys)
      if not gone then
        focus()
      end
    end
  end
  local function wait()
    timer:start(QUIET_MS, QUIET_MS, vim.schedule_wrap(look))
  end
  keys = vim.on_key(function(_, typed)
    if typed ~= '' and not timer:is_closing() then
      wait()
    end
  end)
  wait()
end

---The keys of a question that was entered.
---@param answers string[]
---@return string
local function keys_of(answers)
  local numbers = #answers > 1 and '1 to ' .. #answers or '1'
  return (' %s, <CR>, <Esc> %s '):format(numbers, vim.list_contains(answers, 'No') and 'is No' or 'closes')
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
  local most = math.max(1, vim.o.lines - #answers - 8)
  if #lines > most then
    lines = vim.list_slice(lines, 1, most)
    table.insert(lines, ' …')
  end
  table.insert(lines, '')
  local first = #lines + 1
  for number, answer in ipairs(answers) do
    table.insert(lines, ('  %d  %s'):format(number, answer))
  end
  local back, before = vim.api.nvim_get_current_win(), 0
  local bufnr, window = open(lines, commanding())
  focus_when_quiet(window, function()
    back, before = vim.api.nvim_get_current_win(), vim.fn.win_getid(vim.fn.winnr('#'))
    vim.api.nvim_win_set_config(window, { title = TITLE, footer = keys_of(answers) })
    vim.api.nvim_set_current_win(window)
  end)
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
      vim.cmd(('noautocmd call win_gotoid(%d)'):format(before)) -- so that `:wincmd p` goes where it would have
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
