-- The server is killed in the middle of an edit: that is said, it is started again, and works.
local text = 'def add(a, b):\n    return a - b\n'
t.open('sum.py', text)
local client = t.attach()
t.client = nil
vim.cmd('%Llm edit add')
local function spinner()
  local namespace = vim.api.nvim_get_namespaces()['llm-ls.spinner']
  local mark = namespace and vim.api.nvim_buf_get_extmarks(0, namespace, 0, -1, { details = true })[1]
  return mark and mark[4].virt_text[1][1]
end
t.wait('the first words', function()
  return (spinner() or ''):find(' tok ')
end)
vim.uv.kill(tonumber(vim.fn.system({ 'pgrep', '-P', tostring(vim.uv.os_getpid()), '-f', 'llm_ls' })), 'sigkill')
t.wait('the server to be back', function()
  local now = require('llm-ls.client').get()
  return now and now.id ~= client.id and vim.lsp.buf_is_attached(0, now.id)
end)
local seen = { spinner = spinner(), text = t.text() }
vim.cmd('%Llm edit add')
t.hunks(1)
t.wait('a word', function()
  return vim.iter(t.said):any(function(said)
    return said:find('was started again') ~= nil
  end)
end)
vim.cmd('Llm restart')
t.wait('the review to be over', function()
  return #require('llm-ls.review').all() == 0
end)
seen.marks = #vim.api.nvim_buf_get_extmarks(0, -1, 0, -1, {})
seen.key = vim.fn.maparg('\\a', 'n')
t.wait('the new server', function()
  return t.said[#t.said]:find('was started again')
end)
seen.said = t.said
return seen
