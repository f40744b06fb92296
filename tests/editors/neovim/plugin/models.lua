-- The model is chosen from a list, named, and completed; in a chat it is that chat's alone.
t.open('sum.py', 'a = 1\n')
t.attach()
local seen = {}
local models = require('llm-ls.models')
local client = require('llm-ls.client')

local function wait_model(name)
  t.wait(name, function()
    return client.status and client.status.model == name
  end)
end

models.complete('')
t.wait('the list', function()
  return #models.complete('openai/') > 1
end)
seen.completed = models.complete('gpt-5.4-m')
seen.tiers = vim.list_slice(models.complete(''), 1, 3)

t.choose = function(texts)
  seen.texts = texts
  for _, text in ipairs(texts) do
    if vim.startswith(text, 'openai/gpt-5.4-mini ') then
      return text
    end
  end
end
vim.cmd('Llm model')
wait_model('openai/gpt-5.4-mini')
seen.kind = t.questions[#t.questions].prompt

vim.cmd('Llm model openai/gpt-5.4')
wait_model('openai/gpt-5.4')
vim.cmd('Llm model no-such-thing')
t.wait('the refusal', function()
  return #t.said > 2
end)
seen.said = t.said

vim.cmd('Llm chat')
vim.cmd('Llm model openai/gpt-5.4-mini')
seen.of_chat = require('llm-ls.chat').of(vim.api.nvim_get_current_buf()).model
seen.bar = vim.api.nvim_eval_statusline(vim.wo.winbar, { use_winbar = true, winid = 0 }).str
seen.of_all = client.status.model
vim.cmd('Llm chat Who?')
t.wait('the answer', function()
  return t.text():find('Me.', 1, true)
end)
seen.events = vim.tbl_map(
  function(event)
    return event.data.model
  end,
  vim.tbl_filter(function(event)
    return event.name == 'LlmLsModel'
  end, t.events)
)
return seen
