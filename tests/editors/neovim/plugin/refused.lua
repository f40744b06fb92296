-- No server, another program of its name, and an old one: each is one sentence, and :Llm restart goes on.
local seen = {}
local function command_of(name)
  return { vim.env.PYTHON, '-m', 'tests.rigs.foreign_server', name }
end
vim.lsp.config('llm_ls', { cmd = { 'llm-ls-of-nobody', '--stdio' } })
t.open('one.py', 'one = 1\n')
t.open('two.py', 'two = 2\n')
t.wait_entry(t.said)
vim.cmd('Llm edit something')
t.wait_entry(t.said, 2)
seen.missing = t.said

t.said = {}
vim.lsp.config('llm_ls', { cmd = command_of('foreign') })
vim.cmd('Llm restart')
vim.cmd('%Llm edit something')
t.wait_entry(t.said, 2)
vim.cmd.edit('one.py')
vim.cmd('%Llm edit something')
t.wait_entry(t.said, 3)
seen.foreign, seen.foreign_clients = t.said, #vim.lsp.get_clients()

t.said = {}
vim.lsp.config('llm_ls', { cmd = command_of('old') })
vim.cmd('Llm restart')
vim.cmd('%Llm edit something')
t.wait('a word on the old one', function()
  return vim.iter(t.said):any(function(said)
    return said:find('too old') ~= nil
  end)
end)
seen.old = t.said

t.said = {}
vim.lsp.config('llm_ls', { cmd = command_of('dying') })
vim.cmd('Llm restart')
t.wait('a word on giving up', function()
  return vim.iter(t.said):any(function(said)
    return said:find('not started again') ~= nil
  end)
end)
seen.dying = t.said[#t.said]

t.said = {}
vim.lsp.config('llm_ls', { cmd = { 'llm-ls', '--stdio' } })
vim.cmd('Llm restart')
t.attach()
seen.at_last = t.client.server_info.name
return seen
