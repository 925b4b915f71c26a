"""Independent check in numpy alone: verify.py [TEST.npz]

Classifies the twelve samples, the 200 calibration and the 500 held-out digits; with TEST.npz ("images" uint8, "labels", "softmax_logits") also those
digits, and prints the largest difference of the logits. Passes if the samples are right and no logit differs by more than 1e-4.
"""
import glob
import json
import math
import os
import struct
import sys

import numpy as np
from PIL import Image
from scipy.special import erf

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
config = json.load(open(os.path.join(root, "config.json")))
raw = open(os.path.join(root, "model.safetensors"), "rb").read()
start = 8 + struct.unpack("<Q", raw[:8])[0]
W = {}
for name, h in json.loads(raw[8:start]).items():
    if name != "__metadata__":
        i, j = h["data_offsets"]
        W[name] = np.frombuffer(raw[start + i : start + j], "<f4").reshape(h["shape"])


def linear(x, n):
    return x @ W[n + ".weight"].T + W[n + ".bias"]


def norm(x, n):
    x = x - x.mean(-1, keepdims=True)
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + np.float32(config["layer_norm_eps"])) * W[n + ".weight"] + W[n + ".bias"]


def gelu(x):
    return (x * 0.5 * (1 + erf(x / math.sqrt(2)))).astype(np.float32)


def block(x, n):
    y = norm(x, n + ".layernorm_before")
    shape = (len(y), config["num_attention_heads"], -1)
    q, k, v = (linear(y, f"{n}.attention.attention.{p}").reshape(shape).transpose(1, 0, 2) for p in ("query", "key", "value"))
    s = q @ k.transpose(0, 2, 1) / np.float32(math.sqrt(q.shape[-1]))
    s = np.exp(s - s.max(-1, keepdims=True))
    x = x + linear((s / s.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(x.shape), n + ".attention.output.dense")
    return x + linear(gelu(linear(norm(x, n + ".layernorm_after"), n + ".intermediate.dense")), n + ".output.dense")


def classify(levels):
    p, n = config["patch_size"], config["image_size"] // config["patch_size"]
    patches = (levels / np.float32(255)).reshape(n, p, n, p).transpose(0, 2, 1, 3).reshape(n * n, p * p)
    e = "vit.embeddings."
    kernel = W[e + "patch_embeddings.projection.weight"].reshape(-1, p * p)
    x = np.concatenate([W[e + "cls_token"][0], patches @ kernel.T + W[e + "patch_embeddings.projection.bias"]])
    x = x + W[e + "position_embeddings"][0]
    for layer in range(config["num_hidden_layers"]):
        x = block(x, f"vit.encoder.layer.{layer}")
    return linear(norm(x, "vit.layernorm")[0], "classifier")


words = "zero one two three four five six seven eight nine".split()
files = sorted(glob.glob(os.path.join(root, "samples", "*.png")))
right = [words[classify(np.asarray(Image.open(f))).argmax()] == os.path.basename(f)[:-4].split("-")[0] for f in files]
print(f"samples: {sum(right)} of {len(right)} right")
failed = not all(right)

for folder in ("calibration", "held-out"):
    about = json.load(open(os.path.join(root, folder, "digits.json")))
    side, columns, labels = about["side"], about["columns"], [int(c) for c in about["labels"]]
    sheet = np.asarray(Image.open(os.path.join(root, folder, "digits.png")))
    digits = sheet.reshape(-1, side, columns, side).transpose(0, 2, 1, 3).reshape(-1, side, side)
    print(f"{folder}: {sum(classify(d).argmax() == l for d, l in zip(digits, labels))} of {len(labels)} right")

if len(sys.argv) > 1:
    test = np.load(sys.argv[1])
    logits = np.array([classify(d) for d in test["images"]])
    worst = float(np.abs(logits - test["softmax_logits"]).max())
    print(f"test: {(logits.argmax(1) == test['labels']).sum()} of {len(logits)} right, largest difference of a logit {worst:.1e}")
    failed = failed or not worst <= 1e-4
sys.exit(failed)
