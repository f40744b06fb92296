-- Options are checked, and what is wrong is said once; keys can be changed and left out; instructions are remembered.
local seen = {}
vim.g.llm_ls = { keys = { accept = 'ga', reject = false, akcept = 'x' }, hitn = false, progress = 3 }
t.open('numbers.py', 'one = 1\nzero = 0\ntwo = 2\n')
t.attach()
local asked = {}
vim.ui.input = function(options, on_confirm)
  table.insert(asked, options.prompt)
  asked.offered = vim.fn.getcompletion('echo ', 'cmdline') and require('llm-ls.history').complete('')
  on_confirm('make them floats')
end
vim.cmd('%Llm edit')
t.hunks(2)
seen.accept, seen.reject =
  vim.fn.maparg('ga', 'n') ~= '' or vim.fn.maparg('ga', 'n', false, true).callback ~= nil, vim.fn.maparg('\\x', 'n')
seen.next = vim.fn.maparg(']h', 'n', false, true).desc
t.press('ggga')
t.hunks(1)
vim.cmd('Llm reject all')
t.hunks(0)
vim.cmd('%Llm edit')
t.hunks(1)
seen.asked = asked
vim.cmd('Llm reject all')
t.hunks(0)
seen.said = t.said
return seen
