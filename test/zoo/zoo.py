#!/usr/bin/env python3
"""Sends every model of torchvision and torchaudio that scripts through dynfault-opt,
.pt -> .mlir -> .pt, and compares the two archives.

  test/zoo/zoo.py [--small] [--only NAME]... [--opt build/bin/dynfault-opt]
                  [--results FILE] [--page docs/zoo.md]

The names come from the packages. A model passes if outputs in evaluation mode, and
outputs, gradients and buffers after a training step under a seed, are equal bit by
bit, and so are the keys, values and requires_grad of its state. A table goes to
standard output; the exit status is 1 if a model that scripts fails. With --results
each result is added to FILE (a JSON object per line), and models that stand there are
not run again; --page writes the table for docs/.
"""

import argparse
import gc
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

SMALL = [
    "torchvision/alexnet",
    "torchvision/googlenet",
    "torchvision/lraspp_mobilenet_v3_large",
    "torchvision/mobilenet_v2",
    "torchvision/shufflenet_v2_x0_5",
    "torchvision/squeezenet1_1",
    "torchvision/ssdlite320_mobilenet_v3_large",
    "torchaudio/Conformer",
    "torchaudio/ConvTasNet",
    "torchaudio/DeepSpeech",
    "torchaudio/Wav2Letter",
]

PAGE = """# The zoo: archives of real models, read and written again

Every model of torchvision {torchvision} and torchaudio {torchaudio} (PyTorch {torch}) is scripted, saved, read by
`dynfault-opt` into the torch dialect, written as an archive again, and both archives are compared. "ok" means that
outputs in evaluation mode are equal bit by bit, and so are outputs, gradients and buffers after a training step under
the same seed, the keys, values and `requires_grad` of the state, strides, and which tensors share memory.
Operators are what stands in the text; seconds are those of one `dynfault-opt` process on a machine with other work;
memory is the peak of the larger of both conversions as a multiple of the archive's size (the fixed cost of LibTorch,
about 180 MB, dominates for small ones).

Written by `test/zoo/zoo.py --results FILE --page docs/zoo.md`, which takes an hour or more and goes on where it stopped.

{summary}.

| model | operators | parameters | read s | write s | memory | result |
|---|---:|---:|---:|---:|---:|---|
{rows}"""


def torchvision_names():
    import torchvision

    return ["torchvision/" + name for name in torchvision.models.list_models()]


def torchaudio_models():
    """Constructors of the classes and factories in torchaudio.models, with small
    configurations where the constructor has no defaults or huge ones."""
    from torchaudio import models

    layers = [(64, 10, 5)] + [(64, 3, 2)] * 4 + [(64, 2, 2)] * 2
    wav2vec2 = dict(
        extractor_mode="group_norm",
        extractor_conv_layer_config=layers,
        extractor_conv_bias=False,
        encoder_embed_dim=64,
        encoder_projection_dropout=0.1,
        encoder_pos_conv_kernel=16,
        encoder_pos_conv_groups=4,
        encoder_num_layers=2,
        encoder_num_heads=4,
        encoder_attention_dropout=0.1,
        encoder_ff_interm_features=128,
        encoder_ff_interm_dropout=0.1,
        encoder_dropout=0.1,
        encoder_layer_norm_first=False,
        encoder_layer_drop=0.1,
    )
    emformer = dict(
        input_dim=16, encoding_dim=32, num_symbols=20, segment_length=8,
        right_context_length=2, time_reduction_input_dim=8, time_reduction_stride=2,
        transformer_num_heads=2, transformer_ffn_dim=32, transformer_num_layers=2,
        transformer_dropout=0.1, transformer_activation="gelu",
        transformer_left_context_length=4, transformer_max_memory_size=0,
        transformer_weight_init_scale_strategy="depthwise",
        transformer_tanh_on_mem=True, symbol_embedding_dim=16, num_lstm_layers=1,
        lstm_layer_norm=True, lstm_layer_norm_epsilon=1e-3, lstm_dropout=0.1,
    )
    made = {
        "Conformer": lambda: models.Conformer(
            input_dim=16, num_heads=2, ffn_dim=32, num_layers=2,
            depthwise_conv_kernel_size=5, dropout=0.1),
        "ConvTasNet": lambda: models.ConvTasNet(
            msk_num_feats=32, msk_num_hidden_feats=64, enc_num_feats=64,
            msk_num_layers=3, msk_num_stacks=2),
        "DeepSpeech": lambda: models.DeepSpeech(n_feature=16, n_hidden=64, n_class=10),
        "Emformer": lambda: models.Emformer(
            input_dim=32, num_heads=2, ffn_dim=64, num_layers=2, segment_length=4,
            right_context_length=1),
        "HDemucs": lambda: models.HDemucs(
            sources=["a", "b"], audio_channels=2, channels=8, nfft=1024, depth=5),
        "RNNT": lambda: models.emformer_rnnt_model(**emformer),
        "Tacotron2": lambda: models.Tacotron2(decoder_max_step=20),
        "Wav2Letter": lambda: models.Wav2Letter(num_classes=10),
        "Wav2Vec2Model": lambda: models.wav2vec2_model(**wav2vec2, aux_num_out=12),
        "HuBERTPretrainModel": lambda: models.hubert_pretrain_model(
            **wav2vec2, mask_prob=0.8, mask_selection="static", mask_other=0.0,
            mask_length=2, no_mask_overlap=False, mask_min_space=1,
            mask_channel_prob=0.0, mask_channel_selection="static",
            mask_channel_other=0.0, mask_channel_length=4,
            no_mask_channel_overlap=False, mask_channel_min_space=1,
            skip_masked=False, skip_nomask=False, num_classes=12, final_dim=16,
            feature_grad_mult=0.1),
        "WaveRNN": lambda: models.WaveRNN(
            upsample_scales=[2, 2, 3], n_classes=16, hop_length=12, n_res_block=2,
            n_rnn=32, n_fc=32, n_hidden=32),
    }
    # The packages' own factories.
    for name in ("conv_tasnet_base", "hdemucs_low", "hdemucs_medium", "hdemucs_high",
                 "hubert_base", "hubert_large", "hubert_xlarge",
                 "hubert_pretrain_base", "hubert_pretrain_large", "hubert_pretrain_xlarge",
                 "wav2vec2_base", "wav2vec2_large", "wav2vec2_large_lv60k"):
        factory = getattr(models, name, None)
        if factory is None:
            continue
        if name.startswith("hdemucs"):
            made[name] = lambda factory=factory: factory(sources=["a", "b"])
        elif name == "hubert_pretrain_base":
            made[name] = lambda factory=factory: factory(num_classes=12)
        else:
            made[name] = factory
    if hasattr(models, "emformer_rnnt_base"):
        made["emformer_rnnt_base"] = lambda: models.emformer_rnnt_base(num_symbols=20)
    made["RNNTBeamSearch"] = lambda: models.RNNTBeamSearch(
        models.emformer_rnnt_model(**emformer), blank=0)
    return made


def torchaudio_names():
    """All models that torchaudio.models has: its classes and its factories; the
    general factories stand behind the classes."""
    from torchaudio import models

    made = torchaudio_models()
    general = {"wav2vec2_model", "hubert_pretrain_model", "emformer_rnnt_model",
               "Hypothesis"}  # a tuple, no model
    names = sorted(set(models.__all__) - general | set(made))
    return ["torchaudio/" + name for name in names]


def make_model(name):
    import torchvision

    package, name = name.split("/")
    if package == "torchaudio":
        made = torchaudio_models()
        if name not in made:
            raise KeyError("test/zoo/zoo.py does not know how to construct it")
        return made[name]()
    builder = torchvision.models.get_model_builder(name)
    options = {"weights": None}
    group = builder.__module__
    if ".detection" in group or ".segmentation" in group:
        options["weights_backbone"] = None
    if name in ("googlenet", "inception_v3"):
        options["init_weights"] = False
    if ".quantization" in group:
        options["quantize"] = False
    return builder(**options)


def make_inputs(name, torch, training):
    """Arguments of forward. Batches of two train batch normalisation."""
    package, name = name.split("/")
    generator = torch.Generator().manual_seed(1)

    def randn(*shape):
        return torch.randn(*shape, generator=generator)

    rows = 2
    if package == "torchvision":
        from torchvision import models

        module = models.get_model_builder(name).__module__
        if ".detection" in module:
            images = [torch.rand(3, 96, 128, generator=generator) for _ in range(2)]
            if not training:
                return (images, None)
            target = {
                "boxes": torch.tensor([[10.0, 12.0, 60.0, 70.0]]),
                "labels": torch.tensor([1]),
            }
            if "mask" in name:
                target["masks"] = torch.ones(1, 96, 128, dtype=torch.uint8)
            if "keypoint" in name:
                target["keypoints"] = torch.tensor([[[20.0, 20.0, 1.0]] * 17])
            return (images, [target, dict(target)])
        if ".optical_flow" in module:
            return (randn(rows, 3, 128, 128), randn(rows, 3, 128, 128))
        if ".video" in module:
            if name.startswith("mvit"):
                return (randn(1 if not training else rows, 3, 16, 224, 224),)
            if name == "s3d":
                return (randn(rows, 3, 16, 224, 224),)
            return (randn(rows, 3, 4, 112, 112),)
        if ".segmentation" in module:
            return (randn(rows, 3, 64, 64),)
        size = 64
        if "inception" in name:
            size = 128 if not training else 299
        elif name.startswith(("vit", "swin", "maxvit", "alexnet", "vgg", "squeezenet")):
            size = 224
        return (randn(rows, 3, size, size),)

    if name == "Conformer":
        return (randn(rows, 20, 16), torch.tensor([20, 15]))
    if name.lower().startswith(("convtasnet", "conv_tasnet")):
        return (randn(rows, 1, 800),)
    if name == "DeepSpeech":
        return (randn(rows, 1, 20, 16),)
    if name == "Emformer":
        return (randn(rows, 13, 32), torch.tensor([13, 9]))
    if name.lower().startswith("hdemucs"):
        return (randn(1, 2, 16384),)
    if name in ("RNNT", "emformer_rnnt_base"):
        features = 16 if name == "RNNT" else 80
        rights = 2 if name == "RNNT" else 4
        length = 16 + rights
        return (randn(rows, length, features), torch.tensor([16, 12], dtype=torch.int32),
                torch.randint(0, 19, (rows, 5), generator=generator, dtype=torch.int32),
                torch.tensor([5, 3], dtype=torch.int32))
    if name == "RNNTBeamSearch":
        return (randn(1, 18, 16), torch.tensor([18], dtype=torch.int32), 2)
    if name == "Tacotron2":
        return (torch.randint(0, 100, (rows, 12), generator=generator),
                torch.tensor([12, 9]), randn(rows, 80, 16), torch.tensor([16, 10]))
    if name == "Wav2Letter":
        return (randn(rows, 1, 2000),)
    if name == "WaveRNN":
        return (randn(rows, 1, 12 * 6), randn(rows, 1, 128, 10))
    if "pretrain" in name.lower():
        frames = 9  # 3200 samples at a stride of 320
        return (randn(rows, 3200),
                torch.randint(0, 12, (rows, frames), generator=generator))
    return (randn(rows, 3200),)


def tensors_of(value, torch, path=""):
    """All tensors in a value, with their places; other leaves are compared, too."""
    if isinstance(value, torch.Tensor):
        return {path: value}
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, (list, tuple)):
        items = enumerate(value)
        # A named tuple must still be one.
        if hasattr(value, "_fields"):
            items = list(items) + [("fields", type(value).__name__ + str(value._fields))]
    elif hasattr(value, "_asdict"):
        items = value._asdict().items()
    else:
        return {path: repr(value) if isinstance(value, (int, float, str, bool)) else None}
    found = {}
    for key, item in items:
        found.update(tensors_of(item, torch, f"{path}.{key}"))
    return found


def snapshot(tensors, torch):
    """Bytes that tell any two tensors apart."""
    import hashlib

    taken = {}
    for key, value in tensors.items():
        if not isinstance(value, torch.Tensor):
            taken[key] = value
            continue
        data = value.detach().contiguous().view(-1)
        if data.dtype == torch.bfloat16:
            data = data.view(torch.int16)
        digest = hashlib.sha256(data.numpy().tobytes()).hexdigest()
        taken[key] = (str(value.dtype), tuple(value.shape), value.requires_grad, digest)
    return taken


def observe(path, name, torch):
    """What an archive does, as comparable values."""
    module = torch.jit.load(path)
    seen = {"state": list(snapshot(module.state_dict(keep_vars=True), torch).items())}
    seen["strides"] = [
        (key, value.stride(), value.storage_offset())
        for key, value in module.state_dict(keep_vars=True).items()
    ]
    groups = {}
    for key, value in module.state_dict(keep_vars=True).items():
        groups.setdefault(value.storage().data_ptr(), []).append(key)
    seen["shared"] = sorted(keys for keys in groups.values() if len(keys) > 1)
    with torch.jit.optimized_execution(False):
        module.eval()
        torch.manual_seed(0)
        with torch.no_grad():
            out = module(*make_inputs(name, torch, False))
        seen["evaluation"] = snapshot(tensors_of(out, torch), torch)
        del out
        module.train()
        torch.manual_seed(0)
        try:
            out = module(*make_inputs(name, torch, True))
            loss = sum(
                value.float().sum()
                for value in tensors_of(out, torch).values()
                if isinstance(value, torch.Tensor) and value.requires_grad
            )
            if isinstance(loss, torch.Tensor):
                loss.backward()
            seen["training"] = snapshot(tensors_of(out, torch), torch)
            seen["gradients"] = snapshot(
                {
                    key: value.grad
                    for key, value in module.named_parameters()
                    if value.grad is not None
                },
                torch,
            )
            seen["buffers"] = snapshot(dict(module.named_buffers()), torch)
        except RuntimeError as error:
            # Some models do not train in this configuration; both must say so.
            seen["training"] = str(error).strip().splitlines()[-1]
    return seen


def operator_libraries():
    """The libraries behind the packages' operators, as the packages load them."""
    import glob

    import torchaudio
    import torchvision

    vision = os.path.join(os.path.dirname(torchvision.__file__), "_C*.so")
    audio = os.path.join(os.path.dirname(torchaudio.__file__), "lib", "libtorchaudio.so")
    return glob.glob(vision) + glob.glob(audio)


def run_one(name, opt, folder):
    """One model; the result goes to standard output as JSON."""
    import warnings

    warnings.simplefilter("ignore")
    import torch
    import torchaudio
    import torchvision

    torch.set_num_threads(1)
    torch.manual_seed(0)
    result = {"name": name}
    try:
        model = make_model(name)
    except Exception as error:
        return dict(result, status="not made", reason=str(error).strip().splitlines()[0])
    result["parameters"] = sum(p.numel() for p in model.parameters())
    try:
        scripted = torch.jit.script(model)
    except Exception as error:
        lines = [line.strip() for line in str(error).strip().splitlines() if line.strip()]
        return dict(result, status="does not script", reason=lines[0] if lines else "")
    before, text, after = (os.path.join(folder, n) for n in ("a.pt", "a.mlir", "b.pt"))
    scripted.save(before)
    del model, scripted
    gc.collect()

    libraries = ["--torch-library=" + library for library in operator_libraries()]

    def convert(*arguments):
        start = time.monotonic()
        done = subprocess.run([opt, *libraries, *arguments], stderr=subprocess.PIPE, text=True)
        return time.monotonic() - start, done

    result["bytes"] = os.path.getsize(before)
    result["read"], done = convert(before, "-o", text)
    if done.returncode != 0:
        return dict(result, status="FAIL", reason="read: " + done.stderr.strip().split("\n")[0])
    with open(text) as file:
        result["ops"] = sum(
            " = torch." in line or " = call" in line or " = func." in line for line in file)
    result["write"], done = convert(text, "-o", after)
    if done.returncode != 0:
        return dict(result, status="FAIL", reason="write: " + done.stderr.strip().split("\n")[0])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    result["memory"] = peak / result["bytes"]

    try:
        expected = observe(before, name, torch)
    except Exception as error:
        return dict(result, status="does not run", reason=str(error).strip().splitlines()[-1])
    gc.collect()
    try:
        actual = observe(after, name, torch)
    except Exception as error:
        return dict(result, status="FAIL", reason="run: " + str(error).strip().splitlines()[-1])
    different = [key for key in expected if expected[key] != actual.get(key)]
    varying = []
    if different:
        # Some kernels give other last digits in each run of one and the same archive.
        again = observe(before, name, torch)
        varying = [key for key in different if expected[key] != again.get(key)]
        different = [key for key in different if key not in varying]
    if different:
        return dict(result, status="FAIL", reason="different: " + ", ".join(different))
    reason = ""
    if varying:
        reason = "from run to run vary: " + ", ".join(varying)
    elif "gradients" not in expected:
        reason = "evaluation only: " + expected["training"][:60]
    return dict(result, status="ok", reason=reason)


def run_model(name, options):
    """One model in a process of its own: it may end for want of memory or time."""
    command = [sys.executable, os.path.abspath(__file__), "--one", name, "--opt", options.opt]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, timeout=options.timeout)
    except subprocess.TimeoutExpired:
        return {"status": "FAIL", "reason": f"longer than {options.timeout} s"}
    lines = done.stdout.strip().splitlines()
    if done.returncode == 0 and lines:
        return json.loads(lines[-1])
    last = (done.stderr.strip().splitlines() or [""])[-1]
    return {"status": "FAIL", "reason": f"exit status {done.returncode}: {last}"}


def column(result, key, form, width):
    return format(result[key], form).rjust(width) if key in result else " " * width


def outcome(result):
    reason = result.get("reason")
    return result["status"] + (f" ({reason[:150]})" if reason else "")


def write_page(path, results, summary):
    import torch
    import torchaudio
    import torchvision

    rows = "".join(
        f"| {result['name']} | {column(result, 'ops', 'd', 0)} "
        f"| {column(result, 'parameters', ',d', 0)} | {column(result, 'read', '.2f', 0)} "
        f"| {column(result, 'write', '.2f', 0)} | {column(result, 'memory', '.2f', 0)} "
        f"| {outcome(result).replace('|', '/')} |\n"
        for result in results)
    page = PAGE.format(torch=torch.__version__, torchvision=torchvision.__version__,
                       torchaudio=torchaudio.__version__, summary=summary, rows=rows)
    with open(path + ".new", "w") as file:
        file.write(page)
    os.replace(path + ".new", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    parser.add_argument("--opt", default=os.path.join(root, "build", "bin", "dynfault-opt"))
    parser.add_argument("--small", action="store_true", help="a few small models")
    parser.add_argument("--only", action="append", metavar="NAME", help="this model")
    parser.add_argument("--timeout", type=int, default=1800, help="seconds per model")
    parser.add_argument("--results", metavar="FILE", help="keep results, go on from them")
    parser.add_argument("--page", metavar="FILE", help="write the table as Markdown")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        with tempfile.TemporaryDirectory() as folder:
            print("\n" + json.dumps(run_one(options.one, options.opt, folder)))
        return 0

    names = options.only or (SMALL if options.small else torchvision_names() + torchaudio_names())
    print(f"{'model':44} {'ops':>6} {'parameters':>11} {'read s':>7} {'write s':>7} "
          f"{'memory':>6}  result")
    known = {}
    if options.results and os.path.exists(options.results):
        with open(options.results) as file:
            known = {result["name"]: result for result in map(json.loads, file)}
    results = []
    for name in names:
        result = known.get(name)
        if result is None:
            result = dict(run_model(name, options), name=name)
            if options.results:
                with open(options.results, "a") as file:
                    file.write(json.dumps(result) + "\n")
        results.append(result)
        print(f"{name:44} {column(result, 'ops', 'd', 6)} "
              f"{column(result, 'parameters', 'd', 11)} {column(result, 'read', '.2f', 7)} "
              f"{column(result, 'write', '.2f', 7)} {column(result, 'memory', '.2f', 6)}  "
              + outcome(result), flush=True)
    counts = {}
    for result in results:
        counts[result["status"]] = counts.get(result["status"], 0) + 1
    summary = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    print(summary)
    if options.page:
        write_page(options.page, results, summary)
    return 1 if counts.get("FAIL") else 0


if __name__ == "__main__":
    sys.exit(main())
