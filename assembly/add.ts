// @ts-ignore: decorator
@inline
export function addTo(sums: usize, group: u32, number: f64): void {
  const at = sums + ((<usize>group) << 3);
  store<f64>(at, load<f64>(at) + number);
}
