-- Says of each text on standard input, a JSON string a line, whether Neovim can load it.
for line in io.lines() do
  io.write(loadstring(vim.json.decode(line)) and 'valid\n' or 'invalid\n')
  io.flush()
end
