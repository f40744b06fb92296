-- Edits of two files under review are in the quickfix list, and walked from one to the other.
t.open('one.py', 'def add(a, b):\n    return a - b\n')
t.attach()
vim.cmd('%Llm edit add')
t.hunks(1)
local first = vim.api.nvim_get_current_buf()
t.open('two.py', '\n\ndef add(a, b):\n    return a - b\n')
t.attach()
vim.cmd('3,4Llm edit add')
t.hunks(1)
local second = vim.api.nvim_get_current_buf()
local seen = { list = {} }
for _, item in ipairs(vim.fn.getqflist()) do
  table.insert(seen.list, { vim.fn.bufname(item.bufnr):match('[^/]+$'), item.lnum, item.text })
end
vim.cmd('normal! G')
vim.cmd('Llm next')
seen.next = vim.api.nvim_get_current_buf() == first
vim.cmd('Llm prev')
seen.prev = vim.api.nvim_get_current_buf() == second
vim.cmd('Llm retry')
t.wait('another edit', function()
  return #require('llm-ls.review').all() == 2
    and vim.iter(t.events):any(function(event)
      return event.data.state == 'gone'
    end)
end)
seen.retried = #t.hunks(1)
vim.cmd('Llm accept all')
t.hunks(0)
seen.left = #vim.fn.getqflist()
return seen
