export function tableOf(region) {
  return `sales_${region}.orders`;
}
