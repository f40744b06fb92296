-- A key is asked for and sent, and is in no log and no history, though Neovim logs all that it sends.
t.open('sum.py', 'a = 1\n')
t.attach()
vim.lsp.log.set_level('trace')
local prompts = {}
vim.fn.inputsecret = function(prompt)
  table.insert(prompts, prompt)
  return 'sk-ant-super-secret-key-of-the-test'
end
vim.fn.histadd('cmd', 'Llm key mistral sk-typed-by-mistake')
vim.cmd('Llm key mistral sk-typed-by-mistake')
local refused = t.wait_entry(t.said)
vim.cmd('Llm key mistral')
t.wait_entry(t.said, 2)
local saved
require('llm-ls.client').request('llm-ls/getApiKey', { provider = 'mistral' }, function(_, result)
  saved = result
end)
t.wait('the answer', function()
  return saved
end)
local log = assert(io.open(vim.lsp.log.get_filename())):read('*a')
return {
  prompts = prompts,
  refused = refused,
  said = t.said[2],
  masked = saved.masked,
  level = vim.lsp.log.get_level(),
  history = vim.fn.histget('cmd', -1),
  logged = #log > 0 and log:find('listens to', 1, true) == nil,
  leaked = log:find('super-secret', 1, true) ~= nil,
}
