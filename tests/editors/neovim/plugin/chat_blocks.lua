-- Blocks of an answer: yanked into a register that is named, put where code can go and nowhere else.
t.open('sum.py', 'a = 1\nb = 2\n')
t.attach()
local source = vim.api.nvim_get_current_buf()
vim.cmd('Llm chat Go')
local chat = require('llm-ls.chat').of(vim.api.nvim_get_current_buf())
t.wait('the end', function()
  return not chat.running
end)
local seen = {}
vim.fn.setreg('"', 'unnamed')
t.press('gg"agy')
seen.a, seen.unnamed = vim.fn.getreg('a'), vim.fn.getreg('"')
vim.fn.search('second')
t.press('gy')
seen.second = vim.fn.getreg('"')

vim.bo[source].modifiable = false
t.press('gp')
vim.bo[source].modifiable = true
t.press('gp')
seen.file = vim.api.nvim_buf_get_lines(source, 0, -1, false)
vim.api.nvim_buf_call(source, vim.cmd.undo)
seen.undone = vim.api.nvim_buf_get_lines(source, 0, -1, false)
vim.cmd('only')
t.press('gp')
vim.wait(50)
seen.said = t.said
return seen
