"""The nineteen tests that seeds/encodec_integration.md lists, by its names and in its order."""

import numpy as np
import pytest
import soundfile
import torch
from tiny_codec import save_tiny_codec, speech

from evaluation.bootstrap import Interval
from evaluation.gates.evidence import Evidence, NoChampion
from evaluation.gates.gate import decide
from evaluation.gates.reader import load_gate
from evaluation.gates.verdict import Outcome
from evaluation.quality.scoring import score_pair
from projects.audio.decode import Sound
from projects.audio.splits import TEST, TRAIN, VALIDATION
from projects.audio.store import FeatureStore, write_shard
from projects.codec.alignment import align
from projects.codec.autoencoder.audio_decoder import AudioDecoder
from projects.codec.autoencoder.audio_encoder import AudioEncoder
from projects.codec.autoencoder.config import AutoencoderConfig
from projects.codec.autoencoder.fit import fit
from projects.codec.autoencoder.inference import infer
from projects.codec.autoencoder.load import load_autoencoder
from projects.codec.autoencoder.losses import cross_entropy
from projects.codec.autoencoder.network import Autoencoder
from projects.codec.autoencoder.network_config import AutoencoderNetworkConfig
from projects.codec.autoencoder.readout import VoxelReadout
from projects.codec.autoencoder.reconstructor import Reconstructor
from projects.codec.autoencoder.runs import Run
from projects.codec.autoencoder.samples import TrSamples
from projects.codec.autoencoder.seen import Seen
from projects.codec.blocks import block_split
from projects.codec.features import FRAMES, TrExtractor
from projects.codec.hrf import convolve_codes_as_numbers, convolve_hrf
from projects.codec.load import load_codec
from projects.codec.reconstruct import MEL, reconstruct
from projects.codec.study.features import FEATURES
from projects.codec.study.responses import simulate_responses
from projects.codec.study.settings import SAMPLE_RATE, Study
from projects.codec.study.stimulus import soundtrack
from projects.codec.tr_features import TrFeatures, stacked
from projects.codec.tr_grid import TrGrid
from projects.errors import UserError

TR, FRAME_RATE, TRS = 1.5, 75, 920
KBPS = 6.0
SMALL = {"embedding_size": 16, "width": 32, "bottleneck": 64, "learning_rate": 0.01}


def silent(values, epoch):
    """Logs nothing."""


@pytest.fixture(scope="module")
def codec(tmp_path_factory):
    return load_codec(str(save_tiny_codec(tmp_path_factory.mktemp("codec"))))


@pytest.fixture(scope="module")
def ten_trs(tmp_path_factory):
    """A sound file of ten TRs."""
    path = tmp_path_factory.mktemp("sound") / "ten trs.flac"
    soundfile.write(path, soundtrack(Study(runs=1, minutes=0.25), 0), SAMPLE_RATE, "PCM_16")
    return path


def samples_of(path):
    return soundfile.read(path, dtype="float32")[0]


def extractor(codec, form):
    if form == "encodec":
        return TrExtractor("encodec", TR, codec.name, codec.digest, KBPS)
    return TrExtractor(form, TR, mels=128)


def features_of(codec, form, path, folder):
    """Features of a file, out of the store."""
    maker = extractor(codec, form)
    store = FeatureStore(folder, maker.name, maker.settings)
    items, errors = maker.features({"audio": path})
    assert not errors
    write_shard(store.folder, items)
    store.refresh()
    return maker.read(store, "audio")


@pytest.fixture(scope="module")
def features(codec, ten_trs, tmp_path_factory):
    return features_of(codec, "encodec", ten_trs, tmp_path_factory.mktemp("store"))


def test_audio_to_features_encodec(features, codec, ten_trs):
    """A sound's codes would not be those that EnCodec itself gives, or not on the TR grid."""
    sound = torch.from_numpy(samples_of(ten_trs))[None, None]
    with torch.inference_mode():
        codes = codec.model.encode(sound, bandwidth=KBPS).audio_codes[0, 0]
    assert features.values.shape == (10, 8, 113)
    np.testing.assert_array_equal(features.grid.join_codes(features.values), codes)


def test_features_to_audio_encodec(features, codec, ten_trs):
    """Codes would come back as another sound than EnCodec's, or a shorter one."""
    codes = features.grid.join_codes(features.values)
    (sound,) = codec.decode([codes])
    with torch.inference_mode():
        expected = codec.model.decode(torch.from_numpy(codes.astype(int))[None, None], [None])[0]
    assert len(sound) == len(samples_of(ten_trs))
    np.testing.assert_allclose(sound, expected[0, 0], atol=1e-5)


def test_encodec_roundtrip(tmp_path):
    """Something would be lost on the way besides what the codebooks cannot say."""
    codec, clip = load_codec(str(save_tiny_codec(tmp_path))), speech(4)
    sound = torch.from_numpy(clip)[None, None]
    with torch.inference_mode():
        latents = codec.model.encoder(sound)
        unquantised = codec.model.decoder(latents)[0, 0]
    for layer in codec.model.quantizer.layers:
        layer.codebook.embed.zero_()
    # The first codebook says all that there is to say of this clip.
    codec.model.quantizer.layers[0].codebook.embed[:300] = latents[0].T
    (codes,) = codec.encode([clip], KBPS)
    grid = TrGrid(TR, FRAME_RATE, codes.shape[1])
    (back,) = codec.decode([grid.join_codes(grid.cut_codes(codes))])
    np.testing.assert_allclose(back, unquantised, atol=1e-4)


def test_encoder_discrete_codes(features):
    """Two TRs that differ in one code of one frame would look the same to the network."""
    torch.manual_seed(0)
    encoder = AudioEncoder(AutoencoderNetworkConfig()).eval()
    codes, mask = torch.from_numpy(features.values), torch.from_numpy(features.grid.mask)
    other = codes.clone()
    other[3, 7, 50] = (other[3, 7, 50] + 1) % 1024
    with torch.inference_mode():
        before, after = encoder(codes, mask), encoder(other, mask)
    assert before.shape == (10, 256) and before.isfinite().all()
    assert (before != after).any(dim=1).tolist() == [row == 3 for row in range(10)]


def test_decoder_predict_codes():
    """The way back from the bottleneck could not be learnt."""
    torch.manual_seed(0)
    sizes = {"codebooks": 8, "entries": 16, "frames": 113, "width": 32, "bottleneck": 64}
    decoder = AudioDecoder(AutoencoderNetworkConfig(**sizes))
    bottleneck, codes = torch.randn(2, 64), torch.randint(0, 16, (2, 8, 113))
    optimizer = torch.optim.Adam(decoder.parameters(), 0.01)
    for _ in range(60):
        loss = cross_entropy(decoder(bottleneck), codes, torch.ones(2, 113, dtype=bool)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert decoder(bottleneck).shape == (2, 8, 16, 113)
    assert (decoder(bottleneck).argmax(dim=2) == codes).float().mean() > 0.99


def test_embedding_layer(features):
    """Codebooks would share rows, though code 5 of one names another sound than 5 of the next."""
    encoder = AudioEncoder(AutoencoderNetworkConfig())
    assert sum(table.weight.numel() for table in encoder.embeddings) == 524_288
    codes, mask = torch.from_numpy(features.values), torch.from_numpy(features.grid.mask)
    encoder(codes, mask).square().sum().backward()
    heard = [codes[:, book][mask].unique().tolist() for book in range(8)]
    learnt = [table.weight.grad.abs().sum(dim=1).nonzero()[:, 0] for table in encoder.embeddings]
    assert [rows.tolist() for rows in learnt] == heard


@pytest.mark.parametrize(("bias", "code"), [(-50.0, 0), (50.0, 1023)])
def test_code_scaling(codec, features, bias, code):
    """A predicted number beyond the last entry would name no sound, and decoding would crash."""
    made = Autoencoder(AutoencoderNetworkConfig(loss="regression")).eval()
    torch.nn.init.constant_(made.audio_decoder.heads.bias, bias)
    codes = infer(made, TrSamples(features.values, features.grid.mask)).codes
    assert (codes == code).all()
    assert np.isfinite(codec.decode([codes[0]])[0]).all()
    with pytest.raises(UserError, match="expected codes from 0 to 1023"):
        codec.decode([codes[0] + (1 if bias > 0 else -1)])


def test_sync_discrete(features):
    """Brought to another rate, codes would become names of sounds that were never heard."""
    codes = features.grid.join_codes(features.values).T
    aligned = align(codes, FRAME_RATE, TR, 10, "nearest")
    moments = ((np.arange(10) + 0.5) * TR * FRAME_RATE).astype(int)
    np.testing.assert_array_equal(aligned, codes[moments])
    assert aligned.dtype == codes.dtype
    with pytest.raises(UserError, match="codes are names"):
        align(codes, FRAME_RATE, TR, 10, "linear")


def test_hrf_discrete(codec):
    """A sound at TR 50 would show before it, or not about 6 s after it."""
    codes = np.full((120, 8, 1), 7, np.int16)
    quiet = np.stack([codec.latents(each)[:, 0].numpy() for each in codes])
    codes[50] = 900
    heard = np.stack([codec.latents(each)[:, 0].numpy() for each in codes])
    response = np.abs(convolve_hrf(heard, TR) - convolve_hrf(quiet, TR)).sum(axis=1)
    assert response.argmax() == 54
    assert response[:51].max() < 1e-5 * response.max()
    with pytest.raises(UserError, match="codes are names"):
        convolve_hrf(codes, TR)
    as_numbers = convolve_codes_as_numbers(codes, TR)
    assert as_numbers.dtype == codes.dtype and 0 <= as_numbers.min() <= as_numbers.max() <= 1023


def test_shape_verification():
    """23 minutes of sound would lose 460 frames, 6.1 s, as the seed's 112 frames a TR did."""
    grid = TrGrid(TR, FRAME_RATE, round(TRS * TR * FRAME_RATE))
    codes = np.random.default_rng(0).integers(0, 1024, (8, 103_500)).astype(np.int16)
    cut = grid.cut_codes(codes)
    assert cut.shape == (TRS, 8, 113)
    assert grid.mask.sum() - TRS * 112 == 460
    np.testing.assert_array_equal(grid.join_codes(cut), codes)
    network = Autoencoder(AutoencoderNetworkConfig()).eval()
    with torch.inference_mode():
        output = network(torch.from_numpy(cut[:2]), torch.from_numpy(grid.mask[:2]))
    assert output.bottleneck.shape == (2, 2048)
    assert output.predicted.shape == (2, 8, 1024, 113)
    assert network.predicted_codes(output).shape == (2, 8, 113)


def test_dtype_verification(features, codec):
    """Codes would pass as quantities somewhere on the way, where nothing can be told from them."""
    samples = TrSamples(features.values, features.grid.mask)
    made = infer(Autoencoder(AutoencoderConfig.validated(SMALL).network_config(samples)), samples)
    kinds = [features.values, made.codes, made.bottleneck, *codec.decode([made.codes[0]])]
    assert [each.dtype for each in kinds] == [np.int16, np.int16, np.float32, np.float32]
    as_floats = features.values.astype(np.float32)
    with pytest.raises(UserError, match="codes: expected integers, got float32"):
        TrSamples(as_floats, features.grid.mask)
    with pytest.raises(UserError, match="expected codes, which are integers"):
        codec.decode([as_floats[0]])
    with pytest.raises(UserError, match="expected encodec as integer codes, got float32"):
        TrFeatures("encodec", features.source, as_floats, features.grid)


@pytest.mark.parametrize(("form", "shape"), [("mel_3d", (10, 128, 113)), ("mel_2d", (10, 128))])
def test_backward_compatibility(codec, features, ten_trs, tmp_path, form, shape):
    """Older work on mel features would break, or be mixed with codes unnoticed."""
    mel = features_of(codec, form, ten_trs, tmp_path)
    assert mel.values.shape == shape and mel.values.dtype == np.float32
    assert mel.values.std() > 1
    again = features_of(codec, "encodec", ten_trs, tmp_path)
    np.testing.assert_array_equal(again.values, features.values)
    assert len(list(tmp_path.iterdir())) == 2
    with pytest.raises(UserError, match="expected features of one format"):
        stacked([mel, features])
    with pytest.raises(UserError, match="codes: expected integers"):
        TrSamples(mel.values, features.grid.mask)


@pytest.fixture(scope="module")
def trained(features, tmp_path_factory):
    """An autoencoder of the ten TRs' first two codebooks, and how its training went."""
    samples = TrSamples(features.values[:, :2], features.grid.mask)
    config = AutoencoderConfig.validated(SMALL | {"epochs": 150, "patience": 150})
    folder = tmp_path_factory.mktemp("training")
    return fit(config, samples, samples, config.network_config(samples), folder, silent)


def test_full_pipeline(trained, codec, ten_trs, tmp_path):
    """Sound sent through the saved model would not come back as what it was taught."""
    network = load_autoencoder(trained.folder)
    Reconstructor(network, codec, 1.5, TR, Seen.whole([])).save(tmp_path)
    original = samples_of(ten_trs)
    made = Reconstructor.load(tmp_path).sound(Sound(original, SAMPLE_RATE)).samples
    (own,) = codec.decode(codec.encode([original], 1.5))
    torch.manual_seed(0)
    untrained = Reconstructor(Autoencoder(network.config).eval(), codec, 1.5, TR, Seen.whole([]))
    chance = untrained.sound(Sound(original, SAMPLE_RATE)).samples
    assert made.shape == original.shape
    assert np.square(made - own).sum() < 0.3 * np.square(chance - own).sum()


def test_quality_comparison(codec):
    """Codec and mel would be compared on other clips, lengths or metrics, or at hidden rates."""
    clip = speech(3)
    made = reconstruct(codec, clip)
    scored = {name: score_pair(clip, each, SAMPLE_RATE) for name, each in made.sounds.items()}
    metrics = {name: scores.keys() | failures.keys() for name, (scores, failures) in scored.items()}
    assert set(metrics) == {"1.5kbps", "3kbps", "6kbps", "12kbps", "24kbps", MEL}
    assert len(set(map(frozenset, metrics.values()))) == 1
    assert made.bits[MEL] / made.bits["6kbps"] == pytest.approx(25.6)
    # The seed's reason for a codec: magnitudes come back, the waveform does not.
    mel, _ = scored[MEL]
    assert mel["si_sdr"] < 5 and mel["stoi"] > 0.8


def test_performance_benchmark(codec, ten_trs):
    """A season of recordings would not fit on the disk that the seed's table promises."""
    stored = {
        form: extractor(codec, form).features({"audio": ten_trs})[0]["audio"][FRAMES]
        for form in ("encodec", "mel_3d")
    }
    codes, mel = stored["encodec"], stored["mel_3d"]
    assert 1 - codes.nbytes / mel.astype(np.float32).nbytes == pytest.approx(0.97, abs=0.005)
    assert codes.size / 10 == pytest.approx(896, rel=0.01)
    assert codes.nbytes / 10 * TRS < 3.3e6


def test_cross_subject():
    """The same stimulus features would tell nothing of another listener's brain."""
    features = np.random.default_rng(0).standard_normal((600, len(FEATURES)))
    sides = block_split(600, TR, 0.2, 0.2)
    for seed, voxels in ((1, 40), (2, 64)):
        study = Study(runs=1, minutes=15, voxels=voxels, seed=seed)
        responses, truth = simulate_responses(study, {"run-01": features})
        runs = [Run(features, responses["run-01"], sides)]
        found = VoxelReadout.fit(runs, TR).score(runs).correlations
        # 0.71 is the best that can be had at the study's noise.
        assert found[truth.carries].mean() > 0.6
        assert abs(found[~truth.carries].mean()) < 0.15


def test_small_scale_training(trained):
    """Hours of training would be spent on a network that cannot even learn ten TRs."""
    losses = [values["validation.loss"] for values in trained.curves.values()]
    assert losses[0] > 4
    assert trained.validation.mean_loss < 0.3 * losses[0]
    # Chance is one in 1024.
    assert trained.validation.mean_accuracy > 0.5


def test_full_scale_training(tmp_path):
    """A whole film of 920 TRs would not go through, or not to its last frame."""
    random = np.random.default_rng(0)
    grid = TrGrid(TR, FRAME_RATE, round(TRS * TR * FRAME_RATE))
    sounds = random.integers(0, 16, (4, 8, 1)).astype(np.int16).repeat(113, axis=2)
    codes = grid.join_codes(sounds[random.integers(0, 4, TRS)])
    samples = TrSamples(grid.cut_codes(codes), grid.mask)
    sides = block_split(TRS, TR, 0.15, 0.15)
    config = AutoencoderConfig.validated(SMALL | {"epochs": 3})
    train, validation = samples.part(sides == TRAIN), samples.part(sides == VALIDATION)
    fitted = fit(config, train, validation, config.network_config(samples, 16), tmp_path, silent)
    predicted = infer(load_autoencoder(fitted.folder), samples).codes
    assert grid.join_codes(predicted).shape == (8, 103_500)
    unheard = samples.part(sides == TEST)
    right = (predicted[sides == TEST] == unheard.codes).swapaxes(1, 2)[unheard.mask]
    # One answer for all four sounds is right about once in four.
    assert right.mean() > 0.7


def outcome(scores, ceiling):
    """What the codec's gate says of a model with these scores."""
    metrics = {name: Interval(scores[name]) for name in ("pesq_wb", "si_sdr")}
    for name in ("pesq_wb", "si_sdr"):
        lost = ceiling[name] - scores[name]
        metrics[f"{name}_lost"] = Interval(lost, lost, lost)
    metrics["unscored"] = Interval(0.0)
    return decide(load_gate("codec"), Evidence(metrics, "digest", NoChampion()), "digest").outcome


def test_reconstruction_quality(codec):
    """Speech below the seed's PESQ of 3.5 and SI-SDR of 15 dB would be promoted all the same."""
    clip = speech(3)
    hiss = np.random.default_rng(0).standard_normal(len(clip)).astype(np.float32)
    perfect, _ = score_pair(clip, clip + 1e-5 * hiss, SAMPLE_RATE)
    assert outcome(perfect, perfect) is Outcome.PASS
    for name, limit in (("pesq_wb", 3.5), ("si_sdr", 15.0)):
        at, above = ({**perfect, name: limit + step} for step in (0, 1e-6))
        assert outcome(at, at) is Outcome.INVESTIGATE
        assert outcome(above, above) is Outcome.PASS
    (made,) = codec.decode(codec.encode([clip], KBPS))
    untrained, _ = score_pair(clip, made, SAMPLE_RATE)
    assert outcome(untrained, perfect) is Outcome.STOP
