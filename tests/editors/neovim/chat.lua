-- A chat whose answer streams, with work done progress beside it.
t.open('sum.py', 'a = 1\n')
local client = t.attach()
local answer = t.request(client, 'llm-ls/chat', {
  messages = { { role = 'user', content = 'What is 6 times 7?' } },
  partialResultToken = 'answer',
  workDoneToken = 'work',
})
local events, text = t.streamed('answer')

return {
  text = text,
  first = events[1].type,
  last = events[#events].type,
  err = answer.err,
  result = answer.result,
  progress = vim.tbl_map(function(progress)
    return progress.value.kind
  end, t.progress),
}
