-- A person without a credential: a code action fails, signing in is offered, done, and the action works.
local before = '# llm: add, do not subtract\ndef add(a, b):\n    return a - b\n'
local opened = {}
vim.ui.open = function(url)
  table.insert(opened, url)
  return {
    wait = function()
      return { code = 0 }
    end,
  }, nil
end
vim.fn.confirm = function()
  return 1
end
t.choose = function(texts)
  return vim.tbl_contains(texts, 'Open browser') and 'Open browser' or nil
end

local function title_of(client, wanted)
  for _, action in ipairs(t.actions(client, 2, 3)) do
    if vim.startswith(action.title, wanted) then
      return action.title
    end
  end
end

t.open('sum.py', before)
local client = t.attach()
t.run_action(title_of(client, 'AI: Edit'), 2, 3)
local refusal = t.wait_entry(t.messages).message
local offered = title_of(client, 'AI: Sign in')
t.run_action(offered, 2, 3)
t.wait('the sign-in', function()
  return #t.messages > 1 and t.messages[#t.messages].message:find('is signed in')
end)
local question = t.questions[1]
t.run_action(title_of(client, 'AI: Edit'), 2, 3)
t.wait('the edit', function()
  return t.text() ~= before
end)

local reports = {}
for _, progress in ipairs(t.progress) do
  table.insert(reports, progress.value.message)
end
return {
  refusal = refusal,
  offered = offered,
  question = question,
  opened = opened,
  said = t.messages[#t.messages].message,
  reports = reports,
  after = t.text(),
}
