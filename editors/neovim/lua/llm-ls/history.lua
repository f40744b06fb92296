-- The instructions that were given in a project, kept in Neovim's state folder for the next time.

local M = {}

local MOST = 100

---@param root string
---@return string
local function file_of(root)
  local state = vim.fn.stdpath('state') --[[@as string]]
  return vim.fs.joinpath(state, 'llm-ls', 'instructions', vim.fn.sha256(root):sub(1, 16) .. '.json')
end

---The instructions of the project at `root`, the oldest first.
---@param root string
---@return string[]
function M.of(root)
  local file = io.open(file_of(root), 'r')
  if not file then
    return {}
  end
  local text = file:read('*a')
  file:close()
  local ok, instructions = pcall(vim.json.decode, text)
  return ok and type(instructions) == 'table' and instructions or {}
end

---Make `instruction` the newest.
---@param root string
---@param instruction string
function M.add(root, instruction)
  local instructions = vim.tbl_filter(function(other)
    return other ~= instruction
  end, M.of(root))
  table.insert(instructions, instruction)
  instructions = vim.list_slice(instructions, math.max(1, #instructions - MOST + 1))
  local path = file_of(root)
  vim.fn.mkdir(vim.fs.dirname(path), 'p', '0o700')
  local file = io.open(path .. '.new', 'w')
  if file then
    file:write(vim.json.encode(instructions))
    file:close()
    vim.uv.fs_rename(path .. '.new', path)
  end
end

---What <Tab> offers while an instruction is asked for: earlier ones that hold what is typed, the newest first.
---@param lead string
---@return string[]
function M.complete(lead)
  local fitting = {}
  for _, instruction in ipairs(M._offered or {}) do
    if instruction:find(lead, 1, true) then
      table.insert(fitting, 1, instruction)
    end
  end
  return fitting
end

---Ask for a line with `vim.ui.input`; <Tab> offers earlier ones, and in Neovim's own prompt <Up> brings them back.
---@param root string
---@param prompt string
---@param callback fun(text?: string)
function M.ask(root, prompt, callback)
  M._offered = M.of(root)
  local restore = require('llm-ls.builtin').is_own(vim.ui.input) and M._swap(M._offered) or function() end
  local options = { prompt = prompt, completion = "customlist,v:lua.require'llm-ls.history'.complete" }
  vim.ui.input(options, function(text)
    restore()
    text = text and vim.trim(text)
    if text and text ~= '' then
      M.add(root, text)
    end
    callback(text ~= '' and text or nil)
  end)
end

---Put `lines` in the place of Neovim's input history. Returns a function that takes it back.
---@param lines string[]
---@return fun()
function M._swap(lines)
  local before = {}
  for index = 1, vim.fn.histnr('input') do
    table.insert(before, vim.fn.histget('input', index))
  end
  local function put(entries)
    vim.fn.histdel('input')
    for _, line in ipairs(entries) do
      if line ~= '' then
        vim.fn.histadd('input', line)
      end
    end
  end
  put(lines)
  return function()
    put(before)
  end
end

return M
