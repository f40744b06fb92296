-- A model proposes changes of five files in a chat; they are applied, looked at, and undone file by file.
t.open('a.py', 'a = 1\n')
local folder = vim.fs.dirname(vim.api.nvim_buf_get_name(0))

local function path(name)
  return vim.fs.joinpath(folder, name)
end

local function on_disk(name)
  local file = io.open(path(name), 'rb')
  local text = file and file:read('a')
  if file then
    file:close()
  end
  return text or false
end

local function write(name, text)
  local file = assert(io.open(path(name), 'wb'))
  file:write(text)
  file:close()
end

for name, text in pairs({ ['b.py'] = 'b = 1\n', ['r.py'] = 'r = 1\n', ['d.py'] = 'd = 1\n' }) do
  write(name, text)
end
local client = t.attach()
if vim.env.ATTACHED == 'everywhere' then
  vim.cmd('filetype on')
  vim.api.nvim_create_autocmd('FileType', {
    callback = function(event)
      vim.lsp.buf_attach_client(event.buf, client.id)
    end,
  })
end

local answer = t.request(client, 'llm-ls/chat', { message = 'Count from two.' })
local ready = t.messages[#t.messages].message
local title = t.actions(client, 1)[1].title
t.run_action(title, 1)
t.wait('the edit to be made', function()
  return #t.messages >= 2
end)

local names = { 'a.py', 'b.py', 'n/n.py', 'r.py', 'm/s.py', 'd.py' }
local function seen()
  local state = {}
  for _, name in ipairs(names) do
    local buffer = vim.fn.bufnr('^' .. path(name) .. '$')
    local loaded = buffer ~= -1 and vim.api.nvim_buf_is_loaded(buffer)
    state[name] = {
      disk = on_disk(name),
      buffer = loaded and table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n'),
      modified = loaded and vim.bo[buffer].modified,
    }
  end
  return state
end

local applied = seen()
for _, name in ipairs(names) do
  local buffer = vim.fn.bufnr('^' .. path(name) .. '$')
  if buffer ~= -1 and vim.api.nvim_buf_is_loaded(buffer) then
    vim.api.nvim_buf_call(buffer, function()
      vim.cmd('silent undo')
    end)
  end
end
return {
  answer = answer.result.text,
  ready = ready,
  title = title,
  said = t.messages[#t.messages].message,
  applied = applied,
  undone = seen(),
}
