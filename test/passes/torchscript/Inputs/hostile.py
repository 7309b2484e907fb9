"""Archives that are damaged or malicious: each is refused with one line that names the
record and what is wrong, and nothing is left."""

import os
import struct
import subprocess
import sys
import tempfile
import zipfile

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(4, 5))
        self.sizes = [1, 2]

    def forward(self, x):
        return x @ self.weight


def records(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path, entries, method=zipfile.ZIP_STORED):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two records of one name
        with zipfile.ZipFile(path, "w", method) as archive:
            for name, data in entries:
                archive.writestr(zipfile.ZipInfo(name), data, method)


def main():
    opt = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        good, bad, out = (os.path.join(folder, n) for n in ("net.pt", "bad.pt", "out.mlir"))
        torch.jit.script(Net()).save(good)
        whole = records(good)
        pickle = whole["net/data.pkl"]
        code = next(name for name in whole if name.endswith(".py"))
        contents = open(good, "rb").read()

        def refused(message):
            done = subprocess.run([opt, bad, "-o", out], stderr=subprocess.PIPE, text=True,
                                  timeout=60)
            assert done.returncode == 1, (message, done.returncode, done.stderr)
            lines = done.stderr.strip().split("\n")
            assert len(lines) == 1, (message, done.stderr)
            assert all(part in lines[0] for part in message.split(" ... ")), (message, done.stderr)
            assert lines[0].startswith(bad + ":0:0: error: "), done.stderr
            assert sorted(os.listdir(folder)) == ["bad.pt", "net.pt"], os.listdir(folder)

        def refuses(message, changed, method=zipfile.ZIP_STORED):
            entries = dict(whole)
            entries.update(changed)
            write(bad, [(n, d) for n, d in entries.items() if d is not None], method)
            refused(message)

        def refuses_bytes(message, data):
            with open(bad, "wb") as file:
                file.write(data)
            refused(message)

        # What is whole is read.
        write(bad, whole.items())
        subprocess.run([opt, bad, "-o", "-"], check=True, stdout=subprocess.DEVNULL)

        # Framing.
        refuses_bytes("the zip directory at its end is missing", contents[:-30])
        refuses_bytes("the zip directory at its end is missing", contents[:100])
        refuses("is compressed, but PyTorch compresses only code", {}, zipfile.ZIP_DEFLATED)
        refuses("'net/../x' has a name that is no plain path", {"net/../x": b""})
        refuses("has a name that is no plain path", {"/etc/passwd": b""})
        refuses("lies outside of the archive's folder 'net'", {"other/x": b""})
        write(bad, list(whole.items()) + [("net/version", b"3")])
        refused("record 'version' stands twice")
        huge = bytearray(contents)
        entry = contents.index(b"PK\x01\x02")
        huge[entry + 20:entry + 28] = struct.pack("<II", 1 << 30, 1 << 30)
        refuses_bytes("ends outside of the file", bytes(huge))
        write(bad, [(n, d) for n, d in whole.items() if n != code])
        with zipfile.ZipFile(bad, "a") as archive:
            archive.writestr(code, b" " * (1 << 22), zipfile.ZIP_DEFLATED)
        refused("would unpack to 4194304 bytes, far more than code needs")
        refuses("has no record 'data.pkl', so it is no TorchScript archive",
                {"net/data.pkl": None})
        refuses("record 'version' holds no number", {"net/version": b"new"})

        # Pickles.
        def pickles(message, data):
            refuses("record 'data.pkl': " + message, {"net/data.pkl": data})

        pickles("the pickle is truncated", pickle[:-1])
        pickles("it is no pickle of protocol 2", b"\x80\x04.")
        pickles("it holds an object of the unknown class 'os.system'",
                b"\x80\x02cos\nsystem\n(X\x02\x00\x00\x00lstR.")
        pickles("the opcode 0x30", b"\x80\x020.")
        pickles("TUPLE without a mark", b"\x80\x02t.")
        pickles("a place in the memo that holds nothing", b"\x80\x02h\x05.")
        pickles("a wrong place in the memo", b"\x80\x02Nr\xff\xff\xff\x7f.")
        pickles("a container changes after it was used", b"\x80\x02]q\x00(h\x00e.")
        pickles("the values nest too deeply", b"\x80\x02N" + b"\x85" * 2000 + b".")
        pickles("a tuple has too many parts",
                b"\x80\x02N" + b"".join(b"q%ch%c\x86" % (i, i) for i in range(60)) + b".")
        pickles("bytes after its end", pickle + b".")
        size, small = b"(K\x04K\x05t", b"(K\x05K\x01t"
        assert size in pickle and small in pickle
        pickles("a tensor reaches outside of its storage '0' of 20 elements",
                pickle.replace(size, b"(K\x04K\x06t"))
        pickles("a tensor reaches outside of its storage",
                pickle.replace(small, b"(K\xffK\xfft"))
        pickles("the tensors are far larger than the file",
                pickle.replace(size, b"(J\xff\xff\xff\x7fK\x05t").replace(small, b"(K\x00K\x01t"))
        pickles("storage '0' has 255 elements, but its record has only 80 bytes",
                pickle.replace(b"K\x14t", b"K\xfft"))
        refuses("storage '0' has no record", {"net/data/0": None})

        # Code.
        def codes(message, text):
            refuses(f"record '{code.split('/', 1)[1]}': line ... " + message, {code: text})

        text = whole[code]
        body = text.index(b"    return")
        codes("the code nests too deeply", text[:body] + b"    y = " + b"(" * 5000 + b")" * 5000)
        codes("the code nests too deeply", text[:body] + b"    y = " + b"-" * 5000 + b"x\n")
        codes("a loop must run over a range",
              text[:body] + b"    for i in (1, 2):\n      pass\n" + text[body:])
        codes("a class defines __setstate__",
              text + b"  def __setstate__(self, x: int) -> None:\n    pass\n")
        refuses("LibTorch cannot read the archive: ", {code: b"class Net(Module):\n  x ="})
        refuses("LibTorch cannot read the archive: ", {code: b""})

        # What cannot be expressed is named.
        class Quantized(nn.Module):
            def __init__(self):
                super().__init__()
                self.inner = nn.Module()
                self.inner.register_buffer(
                    "w", torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8))

            def forward(self, x):
                return x

        torch.jit.script(Quantized()).save(bad)
        refused("attribute 'inner.w' is of type quantized tensor")


if __name__ == "__main__":
    main()
