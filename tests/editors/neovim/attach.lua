t.open('sum.py', 'def add(a, b):\n    return a - b\n')
local client = t.attach()
local actions = t.actions(client, 1, 2)
local unknown = t.request(client, 'llm-ls/noSuchMethod', {})

return {
  name = client.server_info.name,
  encoding = client.offset_encoding,
  commands = client.server_capabilities.executeCommandProvider.commands,
  titles = vim.tbl_map(function(action)
    return action.title
  end, actions),
  unknown = unknown.err.code,
}
