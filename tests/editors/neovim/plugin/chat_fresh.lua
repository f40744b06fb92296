-- A question about text that was changed a moment ago, before Neovim tells the server of it by itself; then another.
t.open('sum.py', 'a = 1\nb = 2\n')
t.attach()
vim.api.nvim_buf_set_lines(0, 0, 0, false, { 'zero = 0', 'new = 1' })
vim.cmd('4Llm ask Why?')
local chat = require('llm-ls.chat').of(vim.api.nvim_get_current_buf())
local source = vim.fn.bufnr('sum.py')
local function wait_end()
  t.wait('the end', function()
    return not chat.running
  end)
end
wait_end()
vim.api.nvim_buf_set_lines(source, 0, 1, false, {})
vim.api.nvim_buf_set_lines(source, 2, 3, false, { 'b = 22' })
vim.cmd('buffer ' .. chat.bufnr)
require('llm-ls.chat').open({ question = 'And now?', items = require('llm-ls.chat').items(source, 3, 3) })
wait_end()
return {}
