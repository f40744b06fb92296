-- What a status line shows while the server does not run, runs, is busy, and has cost something.
local seen = { before = require('llm-ls').status(), off = require('llm-ls.status').get() }
t.open('sum.py', 'a = 1\n')
t.attach()
local status = require('llm-ls.status')
t.wait('the model', function()
  return status.get().model
end)
seen.idle = require('llm-ls').status()
vim.cmd('Llm chat Who?')
t.wait('an answer under way', function()
  return status.get().busy
end)
seen.busy = require('llm-ls').status()
t.wait('the cost', function()
  return not status.get().busy and status.get().cost_usd
end)
seen.done = require('llm-ls').status()
seen.state = status.get()

local asked = 0
local request = t.client.request
t.client.request = function(...)
  asked = asked + 1
  return request(...)
end
for _ = 1, 100 do
  require('llm-ls').status()
end
vim.wait(50)
seen.asked = asked

vim.cmd('Llm status')
t.wait('a sentence', function()
  return #t.said > 0
end)
seen.said = t.said[1]
vim.cmd('Llm usage')
t.wait('the window', function()
  return vim.api.nvim_win_get_config(0).relative ~= ''
end)
seen.usage = vim.api.nvim_buf_get_lines(0, 0, -1, false)
t.press('q')
seen.closed = vim.api.nvim_win_get_config(0).relative == ''
return seen
