{{pipeline}} as pipeline, {{started}} as started, {{finished}} as finished, {{status}} as status, {{low}} as low, {{high}} as high,
  {{read}} as read, {{inserted}} as inserted, {{updated}} as updated, {{rejected}} as rejected, {{validation}} as validation, {{has_error}} as has_error
