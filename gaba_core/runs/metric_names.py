"""Names under which logs write a model's error; smaller is better."""

METRICS = ("rmse_last", "rmse_all", "nasa", "val_loss", "loss")
VALIDATION = r"(?:val|valid|validation|dev|eval|test)[/_.](?:total_|mean_|avg_)?loss(?:_epoch)?"
TRAINING = r"(?:train(?:ing)?[/_.])?(?:total_|mean_|avg_|epoch_)?loss(?:_epoch|_step)?"
