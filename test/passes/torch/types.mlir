// Every type of the dialect is read and printed; what differs in spelling only
// is the same type.

// RUN: dynfault-opt %s | FileCheck %s
// RUN: dynfault-opt %s | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --emit-bytecode | dynfault-opt | FileCheck %s
// RUN: dynfault-opt %s --mlir-print-op-generic | dynfault-opt | FileCheck %s

// Scalars and other plain types.
// CHECK-LABEL: func.func private @plain
// CHECK-SAME: (!torch.int, !torch.float, !torch.bool, !torch.none, !torch.str, !torch.number, !torch.any)
func.func private @plain(!torch.int, !torch.float, !torch.bool, !torch.none, !torch.str, !torch.number, !torch.any)

// Mnemonics with capitals and digits.
// CHECK-LABEL: func.func private @opaque
// CHECK-SAME: (!torch.Device, !torch.Generator, !torch.LinearParams, !torch.qint8, !torch.quint8, !torch.qint16, !torch.qint32)
func.func private @opaque(!torch.Device, !torch.Generator, !torch.LinearParams, !torch.qint8, !torch.quint8, !torch.qint16, !torch.qint32)

// Without modifiers nothing is known; the long spelling is the same type.
// CHECK-LABEL: func.func private @unknown_tensors
// CHECK-SAME: (!torch.tensor, !torch.vtensor, !torch.tensor, !torch.vtensor)
func.func private @unknown_tensors(!torch.tensor, !torch.vtensor, !torch.tensor<*,unk>, !torch.vtensor<*,unk>)

// One of sizes and dtype may be unknown; rank 0 is no unknown rank.
// CHECK-LABEL: func.func private @partly_known
// CHECK-SAME: (!torch.vtensor<*,f32>, !torch.vtensor<[2,?],unk>, !torch.tensor<[],f32>, !torch.vtensor<[?],si64>, !torch.vtensor<[0],f32>)
func.func private @partly_known(!torch.vtensor<*,f32>, !torch.vtensor<[2,?],unk>, !torch.tensor<[],f32>, !torch.vtensor<[?],si64>, !torch.vtensor<[0],f32>)

// Spaces do not matter.
// CHECK-LABEL: func.func private @spaces
// CHECK-SAME: (!torch.vtensor<[4,4],f32>, !torch.vtensor<[?],si64>, !torch.vtensor<[2,3],f16>, !torch.list<int>, !torch.dict<str, tensor>)
func.func private @spaces(!torch.vtensor<[4, 4],f32>, !torch.vtensor<[?], si64>, !torch.vtensor< [ 2 , 3 ] , f16 >, !torch.list< int >, !torch.dict<str,tensor>)

// All dtypes, signed integers among them.
// CHECK-LABEL: func.func private @dtypes
// CHECK-SAME: (!torch.vtensor<[1],f16>, !torch.vtensor<[1],bf16>, !torch.vtensor<[1],f32>, !torch.vtensor<[1],f64>, !torch.vtensor<[1],ui8>, !torch.vtensor<[1],si8>, !torch.vtensor<[1],si16>, !torch.vtensor<[1],si32>, !torch.vtensor<[1],si64>, !torch.vtensor<[1],i1>, !torch.vtensor<[1],complex<f32>>, !torch.vtensor<[1],!torch.qint8>)
func.func private @dtypes(!torch.vtensor<[1],f16>, !torch.vtensor<[1],bf16>, !torch.vtensor<[1],f32>, !torch.vtensor<[1],f64>, !torch.vtensor<[1],ui8>, !torch.vtensor<[1],si8>, !torch.vtensor<[1],si16>, !torch.vtensor<[1],si32>, !torch.vtensor<[1],si64>, !torch.vtensor<[1],i1>, !torch.vtensor<[1],complex<f32>>, !torch.vtensor<[1],!torch.qint8>)

// A sparse tensor has a third modifier.
// CHECK-LABEL: func.func private @sparse
// CHECK-SAME: (!torch.vtensor<[64],f32,#sparse>)
#vector = #sparse_tensor.encoding<{map = (d0) -> (d0 : compressed)}>
func.func private @sparse(!torch.vtensor<[64],f32,#vector>)

// Inside another torch type the prefix is dropped.
// CHECK-LABEL: func.func private @nested
// CHECK-SAME: (!torch.list<vtensor<[1,?,56,96],f16>>, !torch.optional<tensor>, !torch.list<list<int>>, !torch.optional<list<optional<int>>>, !torch.list<Device>, !torch.list<nn.Module<"a.B">>)
func.func private @nested(!torch.list<vtensor<[1,?,56,96],f16>>, !torch.optional<tensor>, !torch.list<list<int>>, !torch.optional<list<optional<int>>>, !torch.list<Device>, !torch.list<nn.Module<"a.B">>)

// Tuples, unions and dictionaries; an empty tuple is one.
// CHECK-LABEL: func.func private @several
// CHECK-SAME: (!torch.tuple<tensor, tensor>, !torch.tuple<>, !torch.union<float, int>, !torch.dict<str, tensor>, !torch.dict<int, tuple<int, list<str>>>)
func.func private @several(!torch.tuple<tensor, tensor>, !torch.tuple<>, !torch.union<float, int>, !torch.dict<str, tensor>, !torch.dict<int, tuple<int, list<str>>>)

// Dumps of 2021 keep the prefix inside; it is read, and the new form printed.
// CHECK-LABEL: func.func private @old_form
// CHECK-SAME: (!torch.list<int>, !torch.optional<vtensor<[2],f32>>, !torch.tuple<tensor, list<int>>, !torch.dict<str, tensor>, !torch.union<float, int>)
func.func private @old_form(!torch.list<!torch.int>, !torch.optional<!torch.vtensor<[2],f32>>, !torch.tuple<!torch.tensor, !torch.list<!torch.int>>, !torch.dict<!torch.str, !torch.tensor>, !torch.union<!torch.float, int>)

// A module's class is a string, and the mnemonic has a dot.
// CHECK-LABEL: func.func private @modules
// CHECK-SAME: (!torch.nn.Module<"__torch__.TestModule">, !torch.nn.Module<"">)
func.func private @modules(!torch.nn.Module<"__torch__.TestModule">, !torch.nn.Module<"">)
