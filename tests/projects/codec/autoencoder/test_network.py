import pytest
import torch

from projects.codec.autoencoder.audio_encoder import binned_means
from projects.codec.autoencoder.losses import code_accuracy, code_loss
from projects.codec.autoencoder.network import Autoencoder
from projects.codec.autoencoder.network_config import BINS, AutoencoderNetworkConfig
from projects.errors import UserError

SMALL = {
    "codebooks": 3,
    "entries": 32,
    "frames": 29,
    "embedding_size": 16,
    "width": 24,
    "audio_size": 32,
    "bottleneck": 64,
}


def network(**sizes):
    torch.manual_seed(0)
    return Autoencoder(AutoencoderNetworkConfig(**(SMALL | sizes))).eval()


def trs(count=5, codebooks=3, entries=32, frames=29, seed=0):
    """Codes and a mask whose TRs are 28 and 29 frames wide in turn."""
    random = torch.Generator().manual_seed(seed)
    codes = torch.randint(0, entries, (count, codebooks, frames), generator=random)
    mask = torch.ones(count, frames, dtype=torch.bool)
    mask[::2, -1] = False
    return codes, mask


@pytest.mark.parametrize("codebooks", [1, 2, 4, 8, 32])
@pytest.mark.parametrize("frames", [1, 7, 112, 113])
def test_shapes_at_every_bit_rate_and_width_of_a_tr(codebooks, frames):
    """A bit rate or TR that the codec has would not go through."""
    codes, mask = trs(2, codebooks, 32, frames)
    mask[:] = True
    for loss, shape in (
        ("cross_entropy", (2, codebooks, 32, frames)),
        ("regression", (2, codebooks, frames)),
    ):
        made = network(codebooks=codebooks, frames=frames, loss=loss)
        output = made(codes, mask)
        assert output.predicted.shape == shape
        assert output.bottleneck.shape == (2, 64)
        predicted = made.predicted_codes(output)
        assert predicted.shape == codes.shape and predicted.dtype == torch.int64
        assert predicted.min() >= 0 and predicted.max() <= 31


def test_the_default_is_of_the_seeds_sizes_and_no_giant():
    """A demo would not train on a laptop."""
    made = Autoencoder(AutoencoderNetworkConfig())
    assert [e.weight.shape for e in made.audio_encoder.embeddings] == [(1024, 64)] * 8
    assert [c.kernel_size for c in made.audio_encoder.convolutions] == [(3,), (5,), (7,)]
    assert 6e6 < sum(each.numel() for each in made.parameters()) < 8e6


def test_regression_stays_between_the_first_entry_and_the_last():
    """Values beyond the last entry would name none."""
    made = network(loss="regression")
    with torch.no_grad():
        made.audio_decoder.heads.bias.fill_(50)
        assert (made(*trs()).predicted == 31).all()
        made.audio_decoder.heads.bias.fill_(-50)
        output = made(*trs())
    assert output.predicted.max() < 1e-3
    assert not made.predicted_codes(output).any()


@pytest.mark.parametrize("loss", ["cross_entropy", "regression"])
def test_gradients_reach_every_weight(loss):
    """A codebook, or video, would be carried along and never learnt from."""
    made = network(loss=loss, video_size=4, text_size=2)
    codes, mask = trs()
    video = torch.randn(5, 4)
    video[0] = torch.nan
    output = made(codes, mask, video)
    code_loss(made.config, output.predicted, codes, mask).mean().backward()
    for name, weight in made.named_parameters():
        assert weight.grad is not None and weight.grad.isfinite().all(), name
        assert weight.grad.abs().sum() > 0, name
    for book, embedding in enumerate(made.audio_encoder.embeddings):
        used = codes[:, book].where(mask, codes[1, book, 0]).unique()
        assert (embedding.weight.grad[used].abs().sum(dim=1) > 0).all()


@pytest.mark.parametrize("loss", ["cross_entropy", "regression"])
def test_codes_below_the_mask_change_nothing(loss):
    """The 113th frame of a TR of 112 is no sound, and would be heard as one."""
    made = network(loss=loss)
    codes, mask = trs()
    other = torch.where(mask[:, None], codes, (codes + 7) % 32)
    assert (other != codes).any()
    before, after = made(codes, mask), made(other, mask)
    torch.testing.assert_close(before.bottleneck, after.bottleneck, rtol=0, atol=0)
    torch.testing.assert_close(before.predicted, after.predicted, rtol=0, atol=0)


def test_the_order_of_frames_matters():
    """Averaged over the whole TR, a TR would be told from its reverse by little or nothing."""
    made = network(frames=32)
    codes, mask = trs(frames=32)
    mask[:] = True
    forward, backward = made(codes, mask).bottleneck, made(codes.flip(2), mask).bottleneck
    halves = torch.cat([codes[..., 16:], codes[..., :16]], dim=2)
    swapped = made(halves, mask).bottleneck
    spread = forward.std(dim=0).mean()
    assert (forward - backward).abs().mean() > 0.5 * spread
    assert (forward - swapped).abs().mean() > 0.5 * spread


def test_bins_are_means_of_the_frames_that_are_there():
    """Padding averaged in as zero would make the end of every second TR fade."""
    features, mask = torch.randn(2, 3, 20), torch.ones(2, 20, dtype=torch.bool)
    mask[1, 12:] = False
    bins = binned_means(features, mask)
    of_frame = [frame * BINS // 20 for frame in range(20)]
    for row, length in ((0, 20), (1, 12)):
        for place in range(BINS):
            inside = [f for f in range(length) if of_frame[f] == place]
            expected = features[row][:, inside].mean(dim=1) if inside else torch.zeros(3)
            torch.testing.assert_close(bins[row, :, place], expected)


def test_codes_are_names_and_not_quantities():
    """With entries renamed, and their rows with them, all is as it was."""
    made = network()
    codes, mask = trs()
    before = made(codes, mask).predicted
    renamed = torch.randperm(32)
    with torch.no_grad():
        for embedding in made.audio_encoder.embeddings:
            embedding.weight[renamed] = embedding.weight.clone()
        for rows in (made.audio_decoder.heads.weight, made.audio_decoder.heads.bias):
            by_book = rows.view(3, 32, -1)
            by_book[:, renamed] = by_book.clone()
    after = made(renamed[codes], mask).predicted
    torch.testing.assert_close(after[:, :, renamed], before)


def test_frames_that_are_asked_for_are_as_among_all():
    """Training would see other predictions than serving."""
    made = network()
    codes, mask = trs()
    places = torch.tensor([28, 0, 13])
    some = made(codes, mask, places=places).predicted
    torch.testing.assert_close(some, made(codes, mask).predicted[..., places])


def test_what_is_absent_is_filled_in_a_tr_at_a_time():
    """A TR without a picture would be NaN, or take its neighbour's."""
    made = network(video_size=4, text_size=2)
    torch.nn.init.normal_(made.absent["video"])
    codes, mask = trs()
    video = torch.randn(5, 4)
    gone = video.clone()
    gone[1] = torch.nan
    whole, none = made(codes, mask, video).bottleneck, made(codes, mask).bottleneck
    mixed = made(codes, mask, gone).bottleneck
    kept = [0, 2, 3, 4]
    torch.testing.assert_close(mixed[1], none[1])
    torch.testing.assert_close(mixed[kept], whole[kept])
    assert (whole[1] - none[1]).abs().max() > 0.01


def test_a_modality_that_the_network_lacks_is_refused():
    with pytest.raises(UserError, match="video: expected none"):
        network()(*trs(), torch.randn(5, 4))


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ({"codebooks": 33}, "codebooks: expected 1 to 32, got 33"),
        ({"frames": 0}, "frames: expected 1"),
        ({"audio_size": 12}, "audio_size: expected a multiple of 8, got 12"),
        ({"video_size": -1}, "video_size: expected 0"),
        ({"loss": "mse"}, "loss: expected cross_entropy or regression, got 'mse'"),
    ],
)
def test_sizes_out_of_range_are_refused_in_one_line(sizes, message):
    with pytest.raises(UserError, match=message):
        AutoencoderNetworkConfig(**sizes)


@pytest.mark.parametrize("loss", ["cross_entropy", "regression"])
def test_a_handful_of_trs_is_learnt(loss):
    """If not even these are, no training can work."""
    made = network(loss=loss, embedding_size=32, width=48, bottleneck=128).train()
    codes, mask = trs()
    optimizer = torch.optim.AdamW(made.parameters(), 3e-3, weight_decay=0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 1000)
    accuracy = torch.zeros(1)
    for _ in range(1000):
        output = made(codes, mask)
        accuracy = code_accuracy(made.predicted_codes(output), codes, mask)
        if accuracy.min() > 0.95:
            break
        optimizer.zero_grad()
        code_loss(made.config, output.predicted, codes, mask).mean().backward()
        optimizer.step()
        schedule.step()
    assert accuracy.min() > 0.95
