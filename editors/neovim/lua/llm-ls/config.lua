-- The user's options: `vim.g.llm_ls`, or what `setup()` was given; checked when first read.

local M = {}

---@class llm_ls.ReviewKeys Each a key, or false for none.
---@field next_edit? string|false
---@field next? string|false
---@field prev? string|false
---@field accept? string|false
---@field reject? string|false
---@field accept_all? string|false
---@field reject_all? string|false

---@class llm_ls.ChatOptions
---@field split? string 'auto', or what stands before `:split` for the window of a chat, such as 'vertical' or 'tab'.

---@class llm_ls.InlineOptions
---@field enabled? boolean Whether there are suggestions while you type, where nothing else is said.
---@field filetypes? table<string, boolean> Where there are, or are not, other than `enabled` says.

---@class llm_ls.Options
---@field enabled? boolean Whether the server is started with the first file.
---@field keys? llm_ls.ReviewKeys|false The keys that exist while an edit is reviewed, or a next edit shown.
---@field hint? boolean Whether a line below the hunk at the cursor names those keys.
---@field progress? boolean|'auto' Whether progress is echoed; 'auto': where nothing else shows it.
---@field chat? llm_ls.ChatOptions
---@field inline_completion? llm_ls.InlineOptions
---@field next_edits? boolean Whether the server is asked for the next edit after each.

---What each option is if it is not set, and what it may be.
---@type table<string, {default: any, type: vim.validate.Validator}?>
M.options = {
  enabled = { default = true, type = 'boolean' },
  keys = {
    default = {
      next = ']h',
      prev = '[h',
      accept = '<localleader>a',
      reject = '<localleader>x',
      accept_all = '<localleader>A',
      reject_all = '<localleader>X',
      next_edit = '<Tab>',
    },
    type = { 'table', 'boolean' },
  },
  hint = { default = true, type = 'boolean' },
  progress = { default = 'auto', type = { 'boolean', 'string' } },
  chat = { default = { split = 'auto' }, type = 'table' },
  inline_completion = { default = { enabled = true, filetypes = {} }, type = 'table' },
  next_edits = { default = true, type = 'boolean' },
}

---@type table?
local stored
---@type table?
local read
---@type any
local read_from

---Keep `options`; they win over `vim.g.llm_ls`.
---@param options llm_ls.Options
function M.store(options)
  vim.validate('options', options, 'table')
  stored, read = options, nil
end

---What is wrong with the user's options, one sentence for each.
---@return string[]
function M.problems()
  local given = stored or vim.g.llm_ls
  if given == nil or type(given) == 'boolean' then
    return {}
  elseif type(given) ~= 'table' then
    return { ('vim.g.llm_ls has to be a table or false, not a %s'):format(type(given)) }
  end
  local problems = {}
  for name, value in vim.spairs(given) do
    local option = M.options[name]
    if not option then
      table.insert(problems, ('there is no option %q; there are %s'):format(name, M._names(M.options)))
    else
      local ok, problem = pcall(vim.validate, name, value, option.type)
      if not ok then
        table.insert(problems, tostring(problem))
      elseif name == 'keys' and type(value) == 'table' then
        vim.list_extend(problems, M._key_problems(value))
      elseif name == 'chat' then
        vim.list_extend(problems, M._chat_problems(value))
      elseif name == 'inline_completion' then
        vim.list_extend(problems, M._inline_problems(value))
      end
    end
  end
  return problems
end

---@param keys table
---@return string[]
function M._key_problems(keys)
  local problems, known = {}, assert(M.options.keys).default
  for name, key in vim.spairs(keys) do
    if known[name] == nil then
      table.insert(problems, ('there is no key %q; there are %s'):format(name, M._names(known)))
    elseif type(key) ~= 'string' and key ~= false then
      table.insert(problems, ('keys.%s has to be a string or false'):format(name))
    end
  end
  return problems
end

---@param chat table
---@return string[]
function M._chat_problems(chat)
  local problems = {}
  for name, value in vim.spairs(chat) do
    if name ~= 'split' then
      table.insert(problems, ('there is no chat.%s; there is chat.split'):format(name))
    elseif type(value) ~= 'string' then
      table.insert(problems, 'chat.split has to be a string')
    end
  end
  return problems
end

---@param inline table
---@return string[]
function M._inline_problems(inline)
  local problems = {}
  local types = { enabled = 'boolean', filetypes = 'table' }
  for name, value in vim.spairs(inline) do
    if not types[name] then
      table.insert(problems, ('there is no inline_completion.%s; there are %s'):format(name, M._names(types)))
    elseif type(value) ~= types[name] then
      table.insert(problems, ('inline_completion.%s has to be a %s'):format(name, types[name]))
    end
  end
  for filetype, on in vim.spairs(type(inline.filetypes) == 'table' and inline.filetypes or {}) do
    if type(filetype) ~= 'string' or type(on) ~= 'boolean' then
      local name = tostring(filetype)
      table.insert(problems, ('inline_completion.filetypes has to be like { markdown = false }, not %s'):format(name))
    end
  end
  return problems
end

---@param of table<string, any>
---@return string
function M._names(of)
  local names = vim.tbl_keys(of)
  table.sort(names)
  return table.concat(names, ', ')
end

---The options in force. What does not fit is said once and left out.
---@return llm_ls.Options
function M.get()
  local given = stored or vim.g.llm_ls
  if read and vim.deep_equal(given, read_from) then
    return read
  end
  local options = {}
  for name, option in pairs(M.options) do
    local value = type(given) == 'table' and given[name]
    if value == nil or type(given) ~= 'table' or not pcall(vim.validate, name, value, option.type) then
      value = nil
    elseif name == 'inline_completion' and M._inline_problems(value)[1] then
      value = nil
    end
    if type(value) == 'table' then
      value = vim.tbl_extend('force', option.default, value)
    elseif value == nil or (name == 'keys' and value == true) then
      value = vim.deepcopy(option.default)
    end
    options[name] = value
  end
  read, read_from = options, vim.deepcopy(given)
  for _, problem in ipairs(M.problems()) do
    require('llm-ls.say').warn('in your options, ' .. problem)
  end
  return options
end

return M
