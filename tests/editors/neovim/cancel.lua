-- A chat that is cancelled after its first words.
t.open('sum.py', 'a = 1\n')
local client = t.attach()
local answer = t.send(client, 'llm-ls/chat', {
  messages = { { role = 'user', content = 'Go on for ever.' } },
  partialResultToken = 'answer',
  workDoneToken = 'work',
})
t.wait('the first words', function()
  local _, text = t.streamed('answer')
  return text ~= ''
end)
client:cancel_request(answer.id)
-- Neovim 0.12.4 tells nobody of the answer to a request that it has cancelled; it only forgets the request.
t.wait('the answer', function()
  return client.requests[answer.id] == nil
end)
t.wait('the end of the progress', function()
  return #t.progress > 0 and t.progress[#t.progress].value.kind == 'end'
end)

-- The vendor answers this one once it has seen the first connection closed.
t.request(client, 'llm-ls/chat', {
  messages = { { role = 'user', content = 'Are you there?' } },
  partialResultToken = 'next',
})

return { text = select(2, t.streamed('answer')), next = select(2, t.streamed('next')), said = t.messages }
