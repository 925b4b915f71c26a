"""Independent check in numpy alone: verify.py TEXTS.json

TEXTS.json: a list of {"text", "ids" (all of them, before the cut at 128), "emb" (512 numbers)}, made with TensorFlow.js
from the source of the weights. From build/ are recomputed the ids of every text (tokenizer.json) and, from the ids, its embedding
(model.safetensors, float32). Passes if all ids are equal and no embedding differs by more than 1e-6.
"""
import json
import math
import os
import struct
import sys
import unicodedata

import numpy as np

build = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "build")
config = json.load(open(os.path.join(build, "config.json"), encoding="utf-8"))
tokenizer = json.load(open(os.path.join(build, "tokenizer.json"), encoding="utf-8"))
raw = open(os.path.join(build, "model.safetensors"), "rb").read()
start = 8 + struct.unpack("<Q", raw[:8])[0]
W = {}
for name, h in json.loads(raw[8:start]).items():
    if name != "__metadata__":
        i, j = h["data_offsets"]
        W[name] = np.frombuffer(raw[start + i : start + j], "<f4").reshape(h["shape"])

pieces = {}
for index, (piece, score) in enumerate(tokenizer["model"]["vocab"]):
    if index >= tokenizer["use_lite"]["reserved"]:
        pieces[piece] = (index, score)
longest = max(map(len, pieces))


def tokenize(text):
    s = unicodedata.normalize("NFKC", text)
    s = "\u2581" + s.replace(" ", "\u2581") if s else s
    best, back = [0.0] * (len(s) + 1), [None] * (len(s) + 1)
    for a in range(len(s)):
        found = [(p, pieces[p]) for p in (s[a : a + n] for n in range(1, longest + 1)) if p in pieces and a + len(p) <= len(s)]
        for p, (index, score) in dict(found).items() or [(s[a], (0, 0.0))]:
            b, total = a + len(p), best[a] + score
            if best[b] == 0 or total >= best[b]:
                best[b], back[b] = total, (a, index)
    ids, b = [], len(s)
    while b > 0:
        b, index = back[b]
        if not (index == 0 and ids and ids[-1] == 0):
            ids.append(index)
    return ids[::-1]


def linear(x, n):
    return x @ W[n + ".weight"].T + W[n + ".bias"]


def norm(x, n):
    x = x - x.mean(-1, keepdims=True)
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + np.float32(config["layer_norm_eps"])) * W[n + ".weight"] + W[n + ".bias"]


def attention(x, n):
    heads = config["num_attention_heads"]
    q, k, v = (a.reshape(len(x), heads, -1).transpose(1, 0, 2) for a in np.split(linear(x, n + ".qkv"), 3, 1))
    s = q @ k.transpose(0, 2, 1) / np.float32(math.sqrt(q.shape[-1]))
    s = np.exp(s - s.max(-1, keepdims=True))
    return linear((s / s.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(x.shape), n + ".output")


def embed(ids):
    ids = ids[: config["max_position_embeddings"]]
    angle = np.arange(len(ids), dtype=np.float32)[:, None] * W["embeddings.inverse_timescales"]
    x = 2 * W["embeddings.weight"][ids] + np.concatenate([np.sin(angle), np.cos(angle)], 1)
    for layer in range(config["num_hidden_layers"]):
        n = f"encoder.layer.{layer}"
        y = attention(norm(x, n + ".attention_norm"), n + ".attention")
        x = y + (linear(x, n + ".residual") if n + ".residual.weight" in W else x)
        x = x + linear(np.maximum(linear(norm(x, n + ".mlp_norm"), n + ".mlp.up"), 0), n + ".mlp.down")
    t = np.tanh(linear(x.mean(0), "pooler.dense"))
    return t / np.sqrt(np.maximum((t * t).sum(), np.float32(1e-12)))


items = json.load(open(sys.argv[1], encoding="utf-8"))
wrong = sum(tokenize(item["text"]) != item["ids"] for item in items)
worst = max(float(np.abs(embed(item["ids"]) - np.array(item["emb"])).max()) for item in items)
print(f"{len(items)} texts, {wrong} with other ids, largest difference of an embedding {worst:.1e}")
sys.exit(wrong > 0 or not worst <= 1e-6)
