// pip install krippendorff==0.9.* scikit-learn numpy; then, with Python 3.11:
//
// import krippendorff, numpy as np
// from sklearn.metrics import cohen_kappa_score
// x = 12345
// def nxt(n):
//     global x
//     x = (x * 1103515245 + 12345) % (1 << 31)
//     return (x >> 16) % n
// units = []
// for _ in range(40):
//     t = nxt(5); k = 2 + nxt(2)
//     units.append([t if nxt(10) < 7 else nxt(5) for _ in range(k)])
// m = np.array([[u[i] if i < len(u) else np.nan for u in units] for i in range(3)], dtype=float)
// print([krippendorff.alpha(reliability_data=m, level_of_measurement=l) for l in ("nominal", "ordinal", "interval")])
// print(cohen_kappa_score([u[0] for u in units], [u[1] for u in units]))
const ALPHA: [f64; 3] = [0.4591920857378401, 0.3042764440493484, 0.28803503319677926];
const KAPPA: f64 = 0.5172968624296057;
