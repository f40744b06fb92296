-- The parts that only compute: hunks as lines, words that differ, ranges, completion, options, wrapping.
local hunks = require('llm-ls.review.hunks')
local ranges = require('llm-ls.range')
local words = require('llm-ls.review.words')
local seen = { hunks = {}, words = {}, ranges = {} }

local function set(text)
  vim.cmd.enew({ bang = true })
  vim.api.nvim_buf_set_lines(0, 0, -1, false, vim.split(text, '\n'))
end
local function place(line, character)
  return { line = line, character = character }
end

---A hunk of the buffer's text in the server's way, and what it is in lines.
local function hunk(name, first, last, text)
  local sent = { id = '1', range = { start = first, ['end'] = last }, newText = text }
  local found = hunks.of(0, sent, 'utf-16')
  seen.hunks[name] = { found.row, table.concat(found.old, '|'), table.concat(found.new, '|') }
end

set('one\ntwo\nthree')
hunk('within a line', place(1, 1), place(1, 3), 'WO')
hunk('lines before', place(1, 0), place(1, 0), 'a\nb\n')
hunk('at the top', place(0, 0), place(0, 0), 'zero\n')
hunk('after the last', place(2, 5), place(2, 5), '\nfour')
hunk('past the end', place(3, 0), place(3, 0), 'four\n')
hunk('a line gone', place(1, 0), place(2, 0), '')
hunk('the last gone', place(1, 3), place(2, 5), '')
hunk('with carriage returns', place(0, 3), place(0, 3), '\r\nhalf')
set('x = "😀" -- smile')
hunk('behind an emoji', place(0, 8), place(0, 8), ';')

local function changed(name, old, new)
  local gone, come = words.changed({ old }, { new })
  local function texts(line, marks)
    return vim.tbl_map(function(mark)
      return line:sub(mark.first + 1, mark.last)
    end, marks)
  end
  seen.words[name] = { texts(old, gone), texts(new, come) }
end
changed('one word', 'return a - b', 'return a + b')
changed('two beside each other', 'call(one, two)', 'call(one, 2, 3)')
changed('hardly anything left', 'a = 1', 'return function() end')
changed('letters beyond ASCII', 'größe = 1', 'größe = 2')

set('def f():\n  😀 = 1\n  return 2')
local function range_of(name, keys, command)
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  t.press(keys)
  vim.api.nvim_create_user_command('Ranged', function(given)
    local range = ranges.of_command(given)
    seen.ranges[name] = { range.start_row, range.start_col, range.end_row, range.end_col }
  end, { range = true })
  vim.cmd(command)
end
range_of('characters', 'jlvl<Esc>', "'<,'>Ranged")
range_of('an emoji', 'jllv<Esc>', "'<,'>Ranged")
range_of('lines', 'jV<Esc>', "'<,'>Ranged")
range_of('a command', '<Esc>', '2,3Ranged')
local lsp = ranges.to_lsp(0, { start_row = 1, start_col = 6, end_row = 2, end_col = 99 }, 'utf-16')
seen.ranges['in UTF-16'] = { lsp.start.line, lsp.start.character, lsp['end'].line, lsp['end'].character }
local back = ranges.from_lsp(0, { start = place(1, 4), ['end'] = place(9, 0) }, 'utf-16')
seen.ranges['and back'] = { back.start_row, back.start_col, back.end_row, back.end_col }

seen.wrapped = require('llm-ls.question').wrapped('to sign in, open https://example.com/device and enter', 24)
seen.broken = vim.tbl_map(vim.api.nvim_strwidth, require('llm-ls.question').wrapped(('界x'):rep(100), 24))
seen.completed = { vim.fn.getcompletion('Llm! re', 'cmdline'), vim.fn.getcompletion('Llm accept ', 'cmdline') }
seen.without_plug = vim.tbl_filter(function(name)
  return vim.tbl_isempty(vim.fn.maparg(('<Plug>(llm-%s)'):format(name), 'x', false, true))
end, vim.fn.getcompletion('Llm ', 'cmdline'))
vim.g.llm_ls = 3
seen.not_a_table = require('llm-ls.config').problems()
seen.defaults = require('llm-ls.config').get().keys.accept
require('llm-ls').setup({ keys = false })
seen.no_keys = require('llm-ls.config').get().keys
return seen
