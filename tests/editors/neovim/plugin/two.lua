-- The user's own configuration starts llm-ls under another name: the plugin starts no second one, and says so.
t.open('one.py', 'one = 1\n')
local client = t.attach()
client:stop()
t.client = nil
t.wait('the server to end', function()
  return #vim.lsp.get_clients() == 0
end)
local own = vim.lsp.start({ name = 'mine', cmd = { 'llm-ls', '--stdio' } })
t.wait('the other', function()
  return vim.lsp.get_client_by_id(own).initialized
end)
t.open('two.py', 'two = 2\n')
vim.cmd('Llm edit something')
t.wait_entry(t.said)
return { said = t.said, clients = #vim.lsp.get_clients() }
