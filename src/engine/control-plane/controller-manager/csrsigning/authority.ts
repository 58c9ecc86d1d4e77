/**
 * The key of the cluster's certificate authority. Every simulated cluster has the same: nothing here is secret, and nothing outside
 * may trust it.
 */
const MODULUS =
  'e8e61da8e1b2caff96156cabaca8aeed757d2e6ad5f5857248c0e78dfd2937ffd62f2db48cb0b5ac8dc5f6c0c215a65ee39fc6138581' +
  '15c5c26aa4dd2645cea1d4a318a8a22ab04e42cb0518007b7a9aea735b7c3106c4f8e64320861c6c8502fbfc643a3008901d499b6bb0' +
  '9d72fedb058011b9daeaeb5d09352fe6cff1276b6c1033d83f1c3d9fb9423bbc3fe50004d5c1171c151a1fa9b1edce5f3328b7f2343a' +
  'd3997cd4d72506f24cfbbde43f1136b006eb0bc6c04ad5bf63adb09ae67e6dd42b24c7e724157fab1fce5dcb9653bd60e93f89fe8723' +
  '89447db9250481b30eb53c895c7210341105faf2cac7c9a2287b971db8c24f4946d7373f718e4517';
const SECRET =
  '41e3a06e7ff3e2446ec47eeb0ebce6485ddddd7cf22d34e4c13a7a080ca055ac767f00723cff5d56850185aec0f9f9088d634d598682' +
  '9f93444e8177e3750a617453f40cf95c1466ffb48a2b612f8ddf38070cd1d4d8f26eec4dff6c91ac0df16b32db742ed4ad58ebd321a3' +
  '64d7fccc20013c829531b306ae2d32f11cd13ff234fdb2b53c58f23d35f3b5a92594a4836c83a279cd5f12d065df455673dfca825d7c' +
  'd23c7f29b3ff54d0ab651166853bb156a3a19cd0d41afb637511bbd2b1cfaaaa1a0538c3480c6f5b29f30f211fb26a617d74b153feb5' +
  'd0652bbc916e853efc8b5dfdceef052dc446afa18a9d0ceb3c47cb1675984a8a7c383d1eaf260601';

export const authority = {
  name: 'kubernetes',
  modulus: BigInt(`0x${MODULUS}`),
  secret: BigInt(`0x${SECRET}`),
} as const;
