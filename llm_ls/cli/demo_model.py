"""Writes the model that `llm-ls demo` asks: a small model for llama.cpp whose weights hold prepared answers.

Every token knows the one that follows it: its embedding is the code of its successor, the output layer holds the codes,
and the layer between them is zero. So the answers come out byte for byte, at any sampling temperature.
"""

import itertools
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

_WIDTH = 64
_CONTEXT = 32_768
_SHARPNESS = 12.0
_STEP = 4

_TURN, _END, _MIDDLE = "<|im_start|>", "<|im_end|>", "<|fim_middle|>"
_FILL_KEYS = {
    "<|fim_prefix|>": "tokenizer.ggml.fim_pre_token_id",
    "<|fim_suffix|>": "tokenizer.ggml.fim_suf_token_id",
    _MIDDLE: "tokenizer.ggml.fim_mid_token_id",
    "<|fim_pad|>": "tokenizer.ggml.fim_pad_token_id",
    "<|repo_name|>": "tokenizer.ggml.fim_rep_token_id",
    "<|file_sep|>": "tokenizer.ggml.fim_sep_token_id",
}


def write(path: Path, answers: Mapping[str, str], fill: str) -> None:
    """Write a GGUF that answers a chat with prepared texts.

    Args:
        path: Where to; replaced if it exists.
        answers: What to say, by a text that occurs in the conversation; the first that occurs decides.
            The key "" is the answer to every other conversation; without it they get an empty one.
        fill: What it says belongs between any prefix and suffix; empty makes a model that cannot fill.
    """
    vocabulary = _Vocabulary()
    starts = {marker: f"<|start_{number}|>" for number, marker in enumerate(answers)}
    vocabulary.add_control(_TURN, _END, *starts.values(), *(_FILL_KEYS if fill else ()))
    chains = {starts[marker]: answer for marker, answer in answers.items()}
    if fill:
        chains[_MIDDLE] = fill
    for start, text in chains.items():
        vocabulary.chain(start, text)
    _write(path, vocabulary, _chat_template(starts), _FILL_KEYS if fill else {})


class _Vocabulary:
    """SentencePiece tokens, and which one follows which.

    llama.cpp wants every token's text to be unique, so a piece that has been used grows by the characters after it,
    and what cannot grow is spelled in byte tokens, of which it reads only the first six characters: `<0x41>`.
    """

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.types: list[int] = []
        self.ids: dict[str, int] = {}
        self.successors: dict[int, int] = {}
        self._chains: dict[str, int] = {}
        from gguf import TokenType

        self._kinds = TokenType
        self._add("<unk>", TokenType.UNKNOWN)
        self.add_control("<s>", "</s>")
        for byte in range(256):
            self._add(f"<0x{byte:02X}>", TokenType.BYTE)

    def add_control(self, *texts: str) -> None:
        for text in texts:
            self._add(text, self._kinds.CONTROL)

    def chain(self, start: str, text: str) -> None:
        """Let `text`, and then the end of the turn, follow the token `start`."""
        if text not in self._chains:
            tokens = [*self._spell(text), self.ids[_END]]
            self.successors.update(itertools.pairwise(tokens))
            self._chains[text] = tokens[0]
        self.successors[self.ids[start]] = self._chains[text]

    def _spell(self, text: str) -> list[int]:
        tokens: list[int] = []
        begin = 0
        while begin < len(text):
            end = begin + _STEP
            while end < len(text) and _piece(text[begin:end]) in self.ids:
                end += 1
            tokens += self._tokens(text[begin:end])
            begin = end
        return tokens

    def _tokens(self, text: str) -> list[int]:
        piece = _piece(text)
        if piece not in self.ids and not set(_UNSPEAKABLE) & set(text):
            return [self._add(piece, self._kinds.NORMAL)]
        return [self._add(f"<0x{byte:02X}>{len(self.texts)}", self._kinds.BYTE) for byte in text.encode()]

    def _add(self, text: str, kind: int) -> int:
        self.ids[text] = len(self.texts)
        self.texts.append(text)
        self.types.append(int(kind))
        return self.ids[text]


_SPACE = "\u2581"
_UNSPEAKABLE = ("\0", _SPACE)


def _piece(text: str) -> str:
    return text.replace(" ", _SPACE)


def _chat_template(starts: Mapping[str, str]) -> str:
    """ChatML, and after it the token that starts the answer to the conversation."""
    turn = f"{{{{ '{_TURN}' + m.role + '\n' + m.content + '{_END}\n' }}}}"
    choices = "".join(
        f"{{% elif {json.dumps(marker, ensure_ascii=False)} in said.text %}}{{{{ '{start}' }}}}"
        for marker, start in starts.items()
        if marker
    )
    return (
        "{% set said = namespace(text='') %}"
        f"{{% for m in messages %}}{{% set said.text = said.text + m.content %}}{turn}{{% endfor %}}"
        f"{{% if not add_generation_prompt %}}{choices}"
        f"{{% else %}}{{{{ '{starts.get('', _TURN)}' }}}}{{% endif %}}"
    )


def _write(path: Path, vocabulary: _Vocabulary, chat_template: str, fill_keys: Mapping[str, str]) -> None:
    from gguf import GGUFWriter, LlamaFileType

    writer = GGUFWriter(path, "llama")
    writer.add_name("llm-ls demo")
    writer.add_file_type(LlamaFileType.MOSTLY_F16)
    writer.add_context_length(_CONTEXT)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(_WIDTH)
    writer.add_head_count(2)
    writer.add_head_count_kv(1)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(_WIDTH // 2)
    writer.add_vocab_size(len(vocabulary.texts))
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(vocabulary.texts)
    writer.add_token_scores([0.0] * len(vocabulary.texts))
    writer.add_token_types(vocabulary.types)
    writer.add_bos_token_id(vocabulary.ids["<s>"])
    writer.add_eos_token_id(vocabulary.ids["</s>"])
    writer.add_eot_token_id(vocabulary.ids[_END])
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)
    for token, key in fill_keys.items():
        writer.add_uint32(key, vocabulary.ids[token])
    writer.add_chat_template(chat_template)
    for name, weights in _weights(vocabulary):
        writer.add_tensor(name, weights)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _weights(vocabulary: _Vocabulary) -> Iterable[tuple[str, Any]]:
    import numpy as np

    end = vocabulary.ids[_END]
    codes = np.random.default_rng(0).choice([-1.0, 1.0], (len(vocabulary.texts), _WIDTH)).astype(np.float16)
    successors = [vocabulary.successors.get(token, end) for token in range(len(codes))]
    half, ones = _WIDTH // 2, np.ones(_WIDTH, np.float32)
    yield "token_embd.weight", codes[successors]
    yield "output.weight", codes * np.float16(_SHARPNESS / 8)
    yield "output_norm.weight", ones
    yield "blk.0.attn_norm.weight", ones
    yield "blk.0.ffn_norm.weight", ones
    for name, rows in (
        ("attn_q", _WIDTH),
        ("attn_k", half),
        ("attn_v", half),
        ("attn_output", _WIDTH),
        ("ffn_gate", _WIDTH),
        ("ffn_up", _WIDTH),
        ("ffn_down", _WIDTH),
    ):
        yield f"blk.0.{name}.weight", np.zeros((rows, _WIDTH), np.float16)
